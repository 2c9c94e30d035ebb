#include "http/http_body.h"

#include <algorithm>
#include <charconv>

namespace apiary {
namespace {

constexpr std::size_t max_line_bytes = 1'024;  // of a chunk's size and its extensions
constexpr std::size_t max_trailer_bytes = 8'192;

tl::unexpected<HttpRefusal> broken_chunk() {
  return tl::unexpected(HttpRefusal{400, "the body has an invalid chunk"});
}

tl::unexpected<HttpRefusal> too_large() {
  return tl::unexpected(HttpRefusal{413, "the body is too large"});
}

}  // namespace

tl::expected<HttpBody, HttpRefusal> HttpBody::of(const HttpHead& head, std::size_t max_bytes) {
  HttpBody body;
  body.max_bytes_ = max_bytes;
  body.left_ = head.content_length.value_or(0);
  if (body.left_ > max_bytes) return too_large();
  if (head.is_chunked)
    body.state_ = State::chunk_size;
  else if (body.left_ > 0)
    body.state_ = State::data;
  return body;
}

tl::expected<std::size_t, HttpRefusal> HttpBody::take(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && !is_complete()) {
    const std::string_view rest = bytes.substr(taken);
    if (state_ == State::data || state_ == State::chunk_data) {
      taken += take_data(rest);
      continue;
    }
    const auto line = take_line(rest);
    if (!line) return line;
    taken += *line;
    if (!line_.ends_with("\r\n")) continue;
    if (auto understood = on_line(); !understood) return tl::unexpected(understood.error());
    line_.clear();
  }
  return taken;
}

std::size_t HttpBody::take_data(std::string_view bytes) {
  const std::size_t count = std::min(left_, bytes.size());
  text_.append(bytes.substr(0, count));
  left_ -= count;
  if (left_ == 0) state_ = state_ == State::data ? State::complete : State::chunk_end;
  return count;
}

tl::expected<std::size_t, HttpRefusal> HttpBody::take_line(std::string_view bytes) {
  const std::size_t end = bytes.find('\n');
  const std::size_t count = end == std::string_view::npos ? bytes.size() : end + 1;
  if (line_.size() + count > max_line_bytes) return broken_chunk();
  line_.append(bytes.substr(0, count));
  if (line_.ends_with('\n') && !line_.ends_with("\r\n")) return broken_chunk();
  return count;
}

/// A chunk's size, the end of its data, or a field of the trailer, which it ignores.
tl::expected<void, HttpRefusal> HttpBody::on_line() {
  if (state_ == State::chunk_size) return begin_chunk();
  if (state_ == State::chunk_end) {
    if (line_.size() != 2) return broken_chunk();
    state_ = State::chunk_size;
    return {};
  }
  trailer_bytes_ += line_.size();
  if (trailer_bytes_ > max_trailer_bytes) return broken_chunk();
  if (line_.size() == 2) state_ = State::complete;
  return {};
}

tl::expected<void, HttpRefusal> HttpBody::begin_chunk() {
  const std::string_view line(line_.data(), line_.size() - 2);
  const auto read = std::from_chars(line.begin(), line.end(), left_, 16);
  if (read.ec == std::errc::result_out_of_range) return too_large();
  if (read.ec != std::errc{}) return broken_chunk();
  // An extension begins with a semicolon, perhaps after blanks.
  const std::string_view extension = line.substr(static_cast<std::size_t>(read.ptr - line.begin()));
  const std::size_t first = extension.find_first_not_of(" \t");
  const bool is_clean = std::ranges::none_of(
      extension, [](char letter) { return letter >= 0 && letter < ' ' && letter != '\t'; });
  if (!extension.empty() && (first == std::string_view::npos || extension[first] != ';'))
    return broken_chunk();
  if (!is_clean) return broken_chunk();
  if (left_ > max_bytes_ - text_.size()) return too_large();
  state_ = left_ > 0 ? State::chunk_data : State::trailer;
  return {};
}

}  // namespace apiary
