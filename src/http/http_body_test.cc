#include "http/http_body.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

/// Reads `wire` in pieces of `piece` bytes; gives the body and what is behind it, or the status.
std::string read_body(const HttpHead& head, std::string_view wire, std::size_t piece) {
  auto body = HttpBody::of(head, 100);
  if (!body) return std::to_string(body.error().status);
  std::size_t at = 0;
  while (at < wire.size() && !body->is_complete()) {
    const auto taken = body->take(wire.substr(at, piece));
    if (!taken) return std::to_string(taken.error().status);
    at += *taken;
  }
  return (body->is_complete() ? "" : "more than ") + body->text() + "|" +
         std::string(wire.substr(at));
}

TEST(HttpBody, IsTakenOutOfItsFraming) {
  HttpHead chunked;
  chunked.is_chunked = true;
  const auto sized = [](std::size_t length) {
    HttpHead head;
    head.content_length = length;
    return head;
  };
  const struct {
    const char* name;
    HttpHead head;
    std::string wire, result;
  } cases[] = {
      {"none", {}, "GET", "|GET"},
      {"of a length", sized(5), "helloGET", "hello|GET"},
      {"of no length", sized(0), "GET", "|GET"},
      {"unfinished", sized(5), "hel", "more than hel|"},
      {"too large", sized(101), "", "413"},
      {"in chunks", chunked, "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\nGET", "hello world|GET"},
      {"in chunks with extensions", chunked, "5;a=b\r\nhello\r\n0 ; c\r\n\r\n", "hello|"},
      {"in chunks with a trailer", chunked, "1\r\nx\r\n0\r\nA: b\r\n\r\nGET", "x|GET"},
      {"in chunks of large letters", chunked, "0A\r\n0123456789\r\n0\r\n\r\n", "0123456789|"},
      {"a size that is none", chunked, "x\r\n", "400"},
      {"no size", chunked, "\r\n", "400"},
      {"a size with a sign", chunked, "-5\r\nhello\r\n", "400"},
      {"a size as C spells it", chunked, "0x5\r\nhello\r\n", "400"},
      {"a size with something behind it", chunked, "5 5\r\nhello\r\n", "400"},
      {"a size with a blank behind it", chunked, "5 \r\nhello\r\n", "400"},
      {"a size without a carriage return", chunked, "5\nhello\r\n", "400"},
      {"a chunk longer than it says", chunked, "5\r\nhello!\r\n", "400"},
      {"a chunk shorter than it says", chunked, "5\r\nhell\r\n0\r\n\r\n", "400"},
      {"chunks that are too large together", chunked,
       "40\r\n" + std::string(64, 'x') + "\r\n40\r\n", "413"},
      {"a size beyond all", chunked, "fffffffffffffffff\r\n", "413"},
      {"an extension without end", chunked, "5;" + std::string(2'000, 'a'), "400"},
  };
  for (const auto& c : cases)
    for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, std::size_t{10'000}})
      EXPECT_EQ(read_body(c.head, c.wire, piece), c.result) << c.name << ", pieces of " << piece;
}

}  // namespace
}  // namespace apiary
