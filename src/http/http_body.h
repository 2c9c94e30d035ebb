#pragma once

#include "http/http_head.h"

namespace apiary {

/// Parses the body of a request, by Content-Length or in chunks (RFC 9112 sections 6 and 7).
class HttpBody {
 public:
  /// Error: 413, its length is above `max_bytes`.
  static tl::expected<HttpBody, HttpRefusal> of(const HttpHead& head, std::size_t max_bytes);

  /// Consumes the bytes that belong to the body, framing included. Returns their number.
  tl::expected<std::size_t, HttpRefusal> take(std::string_view bytes);
  bool is_complete() const { return state_ == State::complete; }
  /// The body so far, without framing.
  std::string& text() { return text_; }

 private:
  enum class State { data, chunk_size, chunk_data, chunk_end, trailer, complete };

  /// Consumes bytes up to the end of a line; `line_` ends with it once the line is complete.
  tl::expected<std::size_t, HttpRefusal> take_line(std::string_view bytes);
  tl::expected<void, HttpRefusal> on_line();
  tl::expected<void, HttpRefusal> begin_chunk();
  std::size_t take_data(std::string_view bytes);

  std::size_t max_bytes_ = 0;
  State state_ = State::complete;
  std::size_t left_ = 0;  // of the body, or of the chunk
  std::size_t trailer_bytes_ = 0;
  std::string line_, text_;
};

}  // namespace apiary
