// Any bytes are parsed as consecutive requests or refused, in the same way for any pieces.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "http/http_body.h"

namespace {

/// The requests that `bytes`, taken in pieces, contain, and the status of a refused one.
std::string read_requests(std::string_view bytes, std::size_t piece) {
  std::string result, in;
  std::size_t scanned = 0, given = 0;
  const auto receive = [&] {
    const std::string_view more = bytes.substr(given, piece);
    in += more;
    given += more.size();
    return !more.empty();
  };
  while (true) {
    const auto end = apiary::find_head_end(in, scanned);
    if (!end) return result + std::to_string(end.error().status);
    if (!*end) {
      if (!receive()) return result;
      continue;
    }
    const auto head = apiary::parse_http_head(std::string_view(in).substr(0, **end));
    if (!head) return result + std::to_string(head.error().status);
    if (!head->is_http_1_0 && !head->has_host) std::abort();
    if (head->is_chunked && head->content_length) std::abort();
    in.erase(0, **end);
    scanned = 0;
    auto body = apiary::HttpBody::of(*head, 1'000);
    if (!body) return result + std::to_string(body.error().status);
    while (!body->is_complete()) {
      const auto taken = body->take(in);
      if (!taken) return result + std::to_string(taken.error().status);
      in.erase(0, *taken);
      if (!body->is_complete() && !receive()) return result;
    }
    if (body->text().size() > 1'000) std::abort();
    result += head->request.method + " " + head->request.path + " " + body->text() + "\n";
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (size > 4'096) return 0;  // longer heads are refused
  if (read_requests(bytes, 1) != read_requests(bytes, size + 1)) std::abort();
  return 0;
}
