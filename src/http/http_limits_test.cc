#include <atomic>
#include <thread>
#include <vector>

#include "http/testing/http_server_fixture.h"

namespace apiary {
namespace {

using std::chrono::milliseconds;

TEST_F(HttpServerTest, RefusesABodyThatGrowsTooLarge) {
  serve({.body_bytes = 1'000});
  EXPECT_TRUE(asked("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" +
                    std::string(1'001, 'x'))
                  .starts_with("HTTP/1.1 413 "));
}

TEST_F(HttpServerTest, LimitsTheBytesOfAllBodies) {
  serve({.body_bytes = 1'000, .bodies_together_bytes = 1'500});
  const std::string fields = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n";
  HttpTestClient first = client();
  first.send(fields + std::string(900, 'x'));
  std::this_thread::sleep_for(milliseconds(500));
  EXPECT_TRUE(
      client().send(fields + std::string(1'000, 'x')).receive().starts_with("HTTP/1.1 503 "));
  first.send(std::string(100, 'x'));
  EXPECT_TRUE(first.receive("PUT / x").starts_with("HTTP/1.1 200 "));
  // The server may release the first body a moment after its answer.
  std::string answer;
  for (int i = 0; i < 20 && !answer.starts_with("HTTP/1.1 200 "); ++i)
    answer = client().send(fields + std::string(1'000, 'x')).receive("PUT / x");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
}

TEST_F(HttpServerTest, EndsARequestThatArrivesTooSlowly) {
  serve({.request_time = milliseconds(300)});
  for (const std::string begin :
       {"GET / HTTP/1.1\r\nX: ", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n"}) {
    HttpTestClient slow = client();
    slow.send(begin);
    for (int i = 0; i < 30 && !slow.is_closed(); ++i) {
      slow.send("a");
      slow.receive("\xff", milliseconds(50));
    }
    EXPECT_TRUE(slow.receive().starts_with("HTTP/1.1 408 ")) << slow.receive();
    EXPECT_TRUE(slow.is_closed());
  }
}

TEST_F(HttpServerTest, ClosesTheConnectionOfAClientThatDoesNotRead) {
  handler.answers = [](const HttpRequest&) {
    HttpResponse response;
    response.body.assign(20'000'000, 'x');
    return response;
  };
  serve({.connections_per_client = 1,
         .answer_time = milliseconds(100),
         .min_bytes_per_second = 1'000'000'000});
  HttpTestClient slow = client();
  slow.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  std::this_thread::sleep_for(milliseconds(1'000));
  EXPECT_LT(slow.receive().size(), 20'000'000U);
  EXPECT_TRUE(slow.is_closed());
}

TEST_F(HttpServerTest, AnswersWhileHundredsOfClientsAreSlow) {
  serve();
  std::vector<HttpTestClient> slow;
  for (int i = 0; i < 300; ++i) {
    slow.push_back(client());
    if (i % 3 == 1) slow.back().send("GET / HTTP/1.1\r\nX: ");
    if (i % 3 == 2) slow.back().send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n");
  }
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(body_of(asked("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")), "GET /x ");
  EXPECT_LT(std::chrono::steady_clock::now() - before, milliseconds(3'000));
}

TEST_F(HttpServerTest, ClosesIdleConnectionsForNewOnes) {
  serve({.connections = 4, .connections_per_client = 4});
  std::vector<HttpTestClient> kept;
  for (int i = 0; i < 4; ++i) {
    kept.push_back(client());
    kept.back().send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n").receive("GET /x ");
  }
  EXPECT_EQ(body_of(asked("GET /y HTTP/1.1\r\nHost: a\r\n\r\n")), "GET /y ");
  kept[0].receive();
  EXPECT_TRUE(kept[0].is_closed()) << "who was idle for longest";
  kept[3].receive("\xff", milliseconds(50));
  EXPECT_FALSE(kept[3].is_closed());
}

TEST_F(HttpServerTest, AnswersHealthChecksWhileOtherRequestsWait) {
  std::atomic<bool> is_over = false;
  handler.answers = [&](const HttpRequest& request) {
    while (request.path == "/long" && !is_over) std::this_thread::sleep_for(milliseconds(10));
    return HttpResponse{.body = "done"};
  };
  serve();
  std::vector<HttpTestClient> waiting;
  for (int i = 0; i < 100; ++i) {
    waiting.push_back(client());
    waiting.back().send("GET /long HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  EXPECT_EQ(body_of(asked("GET /health HTTP/1.1\r\nHost: a\r\n\r\n")), "done");
  is_over = true;
  EXPECT_EQ(body_of(waiting.back().receive("done")), "done");
  server->stop();  // it asks for what ends with this test
}

}  // namespace
}  // namespace apiary
