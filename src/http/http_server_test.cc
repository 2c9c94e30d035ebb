#include "http/testing/http_server_fixture.h"

namespace apiary {
namespace {

TEST_F(HttpServerTest, AnswersAClientThatHasShutDownItsSide) {
  serve();
  const std::string got = asked("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(got.starts_with("HTTP/1.1 200 OK\r\n")) << got;
  EXPECT_EQ(body_of(got), "GET /x ");
  EXPECT_NE(got.find("Content-Security-Policy: default-src 'none'"), std::string::npos);
  EXPECT_NE(got.find("\r\nDate: "), std::string::npos);
}

TEST_F(HttpServerTest, AnswersEachKindOfRequest) {
  serve();
  const struct {
    const char* name;
    std::string request;
    const char* status;
    const char* body;  // nullptr: whatever
  } cases[] = {
      {"a POST without a body", "POST /p HTTP/1.1\r\nHost: a\r\n\r\n", "200", "POST /p "},
      {"a PUT", "PUT /p HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\ntext", "200",
       "PUT /p text"},
      {"chunks",
       "PUT /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
       "chunked\r\n\r\n2\r\nte\r\n2\r\nxt\r\n0\r\n\r\n",
       "200", "PUT /p text"},
      {"broken chunks", "PUT /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
       "400", nullptr},
      {"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400", nullptr},
      {"two lengths",
       "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "400",
       nullptr},
      {"HEAD", "HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n", "200", ""},
      {"empty lines before it", "\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n", "200", "GET /x "},
      {"half a request", "GET / HTTP/1.1\r\nHo", "400", nullptr},
      {"half a body", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab", "400", nullptr},
      {"a body that is too large", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n",
       "413", nullptr},
      {"one that is refused", "PUT /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab",
       "403", nullptr},
      {"no HTTP", "\x16\x03\x01\x02\x01\r\n", "400", nullptr},
      {"HTTP/1.0", "GET /x HTTP/1.0\r\n\r\n", "200", "GET /x "},
  };
  for (const auto& c : cases) {
    const std::string got = asked(c.request);
    EXPECT_EQ(got.substr(0, 12), std::string("HTTP/1.1 ") + c.status) << c.name;
    if (c.body != nullptr) EXPECT_EQ(body_of(got), c.body) << c.name;
  }
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  serve();
  std::string requests;
  for (int i = 0; i < 50; ++i)
    requests += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string got = asked(requests);
  EXPECT_EQ(count_of(got, "HTTP/1.1 200 OK"), 50U);
  EXPECT_LT(got.find("GET /7 "), got.find("GET /8 "));
}

TEST_F(HttpServerTest, KeepsAConnectionOrClosesItAsAsked) {
  serve();
  HttpTestClient kept = client();
  kept.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n").receive("GET /1 ");
  EXPECT_NE(kept.send("GET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                .receive()
                .find("GET /2 "),
            std::string::npos);
  EXPECT_TRUE(kept.is_closed());
  HttpTestClient old = client();
  old.send("GET / HTTP/1.0\r\n\r\n").receive();
  EXPECT_TRUE(old.is_closed());
}

TEST_F(HttpServerTest, ContinuesAfterExpectUnlessItRefuses) {
  serve();
  const std::string fields =
      " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n";
  HttpTestClient welcome = client();
  EXPECT_TRUE(welcome.send("PUT /p" + fields)
                  .receive("\r\n\r\n")
                  .starts_with("HTTP/1.1 100 Continue\r\n\r\n"));
  EXPECT_NE(welcome.send("text").receive("PUT /p text").find("PUT /p text"), std::string::npos);
  EXPECT_TRUE(client().send("PUT /refused" + fields).receive().starts_with("HTTP/1.1 403 "));
}

TEST_F(HttpServerTest, ReportsWhyItCannotListen) {
  serve();
  const auto again = HttpServer::listen_at({"127.0.0.1", port, true});
  ASSERT_FALSE(again);
  EXPECT_NE(again.error().find("Address already in use"), std::string::npos) << again.error();
}

}  // namespace
}  // namespace apiary
