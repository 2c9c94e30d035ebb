#pragma once

#include "http/http.h"

namespace apiary {

/// The properties of a request that affect the form of its response.
struct HttpResponseForm {
  bool is_http_1_0 = false;
  bool keeps_alive = true;
  bool is_head = false;  // no body, in spite of the header

  /// A stream is sent in chunks; to HTTP/1.0, until the connection is closed.
  bool is_chunked(const HttpResponse& answer) const { return answer.stream && !is_http_1_0; }
};

/// The status line and the header fields of a response, with the empty line that ends them.
std::string http_response_head(const HttpResponse& answer, const HttpResponseForm& form);

/// `bytes` as a chunk (RFC 9112 section 7.1).
std::string http_chunk(std::string_view bytes);
constexpr std::string_view last_http_chunk = "0\r\n\r\n";

}  // namespace apiary
