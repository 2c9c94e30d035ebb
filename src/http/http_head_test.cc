#include "http/http_head.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

using namespace std::string_literals;

TEST(HttpHead, IsReadOrRefused) {
  const struct {
    const char* name;
    std::string text;
    int status;  // 0: it is read
  } cases[] = {
      {"a plain request", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 0},
      {"HTTP/1.0 without a host", "GET / HTTP/1.0\r\n\r\n", 0},
      {"a minor version of the future", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 0},
      {"HTTP/2", "PRI * HTTP/2.0\r\n\r\n", 505},
      {"HTTP/0.9", "GET /\r\n\r\n", 400},
      {"a version in small letters", "GET / http/1.1\r\nHost: a\r\n\r\n", 400},
      {"a version with a blank behind it", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400},
      {"two blanks", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"a blank in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"a tab in the line", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"no method", " / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"a method that is no token", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"a method nobody knows", "FOO / HTTP/1.1\r\nHost: a\r\n\r\n", 0},
      {"bytes that are not ASCII", "GET /\xc3\xa4 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"a fragment", "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"a target that is no path", "GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"an asterisk for OPTIONS", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 0},
      {"an asterisk for GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"a URL", "GET http://a:1/x HTTP/1.1\r\nHost: b\r\n\r\n", 0},
      {"a URL of another scheme", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"a scheme alone", "GET http HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"a scheme and half a separator", "GET https:/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"a URL without a host", "GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"half a percent-encoding", "GET /%4 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"a wrong percent-encoding", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"an encoded zero", "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"a wrong one in the query", "GET /?a=%g1 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"no host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"an empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 0},
      {"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
      {"two hosts in one field", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400},
      {"two hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nhost: b\r\n\r\n", 400},
      {"a host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
      {"a host with a user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400},
      {"a blank before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400},
      {"a tab before the colon", "GET / HTTP/1.1\r\nHost: a\r\nX\t: b\r\n\r\n", 400},
      {"no colon", "GET / HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n", 400},
      {"no name", "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", 400},
      {"a folded field", "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n", 400},
      {"a folded first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
      {"a zero in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: "s + '\0' + "\r\n\r\n", 400},
      {"a carriage return in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", 400},
      {"a body", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n", 0},
      {"two lengths", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n",
       400},
      {"two lengths in one field", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n",
       400},
      {"a length with a sign", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n", 400},
      {"a negative length", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n", 400},
      {"a hexadecimal length", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\n", 400},
      {"an empty length", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400},
      {"a length beyond all",
       "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 413},
      {"chunks", "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n", 0},
      {"chunks and a length",
       "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 400},
      {"a length and chunks",
       "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"chunks twice",
       "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
       "chunked\r\n\r\n",
       400},
      {"chunks in HTTP/1.0", "PUT / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"another coding", "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
       501},
      {"no coding", "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", 501},
      {"an expectation", "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n\r\n", 0},
      {"another expectation", "PUT / HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\n\r\n", 417},
      {"two tokens",
       "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n",
       400},
  };
  for (const auto& c : cases) {
    const auto head = parse_http_head(c.text);
    EXPECT_EQ(head ? 0 : head.error().status, c.status) << c.name;
  }
}

TEST(HttpHead, SaysWhatIsAsked) {
  const auto head = parse_http_head(
      "HEAD http://hive:80/a%20b?c=d%26+e&f&=g HTTP/1.1\r\nHost: other\r\n"
      "authorization: bearer  secret \r\nAccept-Encoding: br, gzip;q=0.5\r\n\r\n");
  ASSERT_TRUE(head);
  EXPECT_TRUE(head->is_head);
  EXPECT_EQ(head->request.method, "GET");
  EXPECT_EQ(head->request.path, "/a b");
  EXPECT_EQ(head->request.parameter("c"), "d& e");
  EXPECT_EQ(head->request.parameters.count("f"), 1U);
  EXPECT_EQ(head->request.host, "hive:80") << "the host of the target stands for the field";
  EXPECT_EQ(head->request.token, "secret");
  EXPECT_TRUE(head->request.takes_gzip);
  EXPECT_FALSE(head->has_body());
}

TEST(HttpHead, SaysWhetherTheConnectionPersists) {
  const struct {
    const char* text;
    bool keeps_alive;
  } cases[] = {
      {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", true},
      {"GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n", false},
      {"GET / HTTP/1.0\r\n\r\n", false},
      {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true},
  };
  for (const auto& c : cases)
    EXPECT_EQ(parse_http_head(c.text)->keeps_alive, c.keeps_alive) << c.text;
}

TEST(HttpHead, TakesGzipUnlessItSaysNo) {
  for (const auto& [value, takes] : {std::pair{"gzip", true}, std::pair{"gzip;q=0", false},
                                     std::pair{"deflate", false}, std::pair{"GZIP; q=0.1", true}})
    EXPECT_EQ(
        parse_http_head(std::string("GET / HTTP/1.0\r\nAccept-Encoding: ") + value + "\r\n\r\n")
            ->request.takes_gzip,
        takes)
        << value;
}

TEST(HttpHead, EndsAtItsEmptyLineHoweverItComes) {
  const std::string text = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  std::size_t scanned = 0;
  for (std::size_t length = 0; length < text.size(); ++length)
    ASSERT_EQ(find_head_end(text.substr(0, length), scanned).value(), std::nullopt) << length;
  EXPECT_EQ(find_head_end(text + "more", scanned).value(), text.size());
}

TEST(HttpHead, IsBounded) {
  const auto status = [](const std::string& text) {
    std::size_t scanned = 0;
    const auto end = find_head_end(text, scanned);
    if (!end) return end.error().status;
    return *end ? 0 : -1;
  };
  const std::string line = "GET / HTTP/1.1\r\n";
  EXPECT_EQ(status(std::string(max_request_line_bytes + 1, 'a')), 414);
  EXPECT_EQ(status(line + "X: " + std::string(max_head_bytes, 'a')), 431);
  EXPECT_EQ(status(line + "X: " + std::string(max_head_bytes, 'a') + "\r\n\r\n"), 431);
  EXPECT_EQ(status("GET / HTTP/1.1\n"), 400) << "a line feed alone";
  std::string many = line + "Host: a\r\n";
  for (std::size_t i = 0; i < max_header_fields; ++i) many += "X: y\r\n";
  EXPECT_EQ(parse_http_head(many + "\r\n").error().status, 431);
}

}  // namespace
}  // namespace apiary
