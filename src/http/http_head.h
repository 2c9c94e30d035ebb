#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "http/http.h"

namespace apiary {

/// Why a request is refused; the rest of its connection cannot be trusted.
struct HttpRefusal {
  int status = 400;
  std::string sentence;
};

/// The request line and header fields of a request.
struct HttpHead {
  HttpRequest request{};  // without the body
  bool is_head = false;   // the method HEAD
  bool is_http_1_0 = false;
  bool has_host = false;
  bool keeps_alive = true;        // the connection, after the answer
  bool expects_continue = false;  // waits for "100 Continue" before it sends the body
  bool is_chunked = false;
  std::optional<std::size_t> content_length{};

  bool has_body() const { return is_chunked || content_length.has_value(); }
};

/// Longer heads are refused.
constexpr std::size_t max_request_line_bytes = 8'192;
constexpr std::size_t max_head_bytes = 32'768;
constexpr std::size_t max_header_fields = 100;

/// The end of the head at the front of `received`, with its empty line; nothing if it is
/// incomplete. `scanned`: the bytes that earlier calls have examined, zero at first; it is updated.
/// Errors: 400 for a line that ends without a carriage return, 414 and 431 for too much.
tl::expected<std::optional<std::size_t>, HttpRefusal> find_head_end(std::string_view received,
                                                                    std::size_t& scanned);

/// Parses a whole head, strictly by RFC 9112: it refuses what two recipients could parse in
/// different ways.
tl::expected<HttpHead, HttpRefusal> parse_http_head(std::string_view head);

}  // namespace apiary
