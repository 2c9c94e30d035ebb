#include <atomic>
#include <thread>
#include <vector>

#include "http/testing/http_server_fixture.h"

namespace apiary {
namespace {

using std::chrono::milliseconds;

TEST_F(HttpServerTest, StreamsToTheEnd) {
  handler.answers = [](const HttpRequest&) {
    return HttpResponse{.type = "text/event-stream",
                        .stream = [left = 3](std::string& more) mutable {
                          more = "piece\n";
                          return --left > 0 ? StreamState::more_later : StreamState::over;
                        }};
  };
  serve();
  EXPECT_EQ(body_of(asked("GET / HTTP/1.1\r\nHost: a\r\n\r\n")),
            "6\r\npiece\n\r\n6\r\npiece\n\r\n6\r\npiece\n\r\n0\r\n\r\n");
  EXPECT_EQ(body_of(asked("GET / HTTP/1.0\r\n\r\n")), "piece\npiece\npiece\n");
  EXPECT_EQ(body_of(asked("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")), "");
}

TEST_F(HttpServerTest, AStreamNeedsNoWorkerAndWaitsForSlowClients) {
  std::atomic<int> pieces = 0;
  handler.answers = [&](const HttpRequest& request) {
    if (request.path == "/short") return HttpResponse{.body = "here"};
    return HttpResponse{.type = "text/event-stream", .stream = [&](std::string& more) {
                          ++pieces;
                          more.assign(100'000, 'x');
                          return StreamState::more_now;
                        }};
  };
  serve({.streams = 40});
  std::vector<HttpTestClient> watchers;
  for (int i = 0; i < 40; ++i) {
    watchers.push_back(client());
    watchers.back().send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n").receive("\r\n\r\n");
  }
  EXPECT_TRUE(client()
                  .send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
                  .receive("503 ")
                  .starts_with("HTTP/1.1 503 "));
  EXPECT_EQ(body_of(asked("GET /short HTTP/1.1\r\nHost: a\r\n\r\n")), "here");
  int before = -1;
  while (before != pieces) {
    before = pieces;
    std::this_thread::sleep_for(milliseconds(500));
  }
  EXPECT_LT(pieces, 40 * 200) << "what nobody reads is not made";
  server->stop();  // it counts what ends with this test
}

TEST_F(HttpServerTest, FreesAStreamWhoseClientIsGone) {
  handler.answers = [](const HttpRequest&) {
    return HttpResponse{.type = "text/event-stream",
                        .stream = [](std::string&) { return StreamState::more_later; }};
  };
  serve({.streams = 1});
  const std::string request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  {
    HttpTestClient gone = client();
    gone.send(request).receive("\r\n\r\n");
    EXPECT_TRUE(client().send(request).receive("503").starts_with("HTTP/1.1 503 "));
  }
  bool has_room = false;
  for (int i = 0; i < 50 && !has_room; ++i) {
    std::this_thread::sleep_for(milliseconds(100));
    has_room = client().send(request).receive("\r\n\r\n").starts_with("HTTP/1.1 200 ");
  }
  EXPECT_TRUE(has_room);
}

TEST_F(HttpServerTest, EndsStreamsWhenItStops) {
  handler.answers = [](const HttpRequest&) {
    return HttpResponse{.type = "text/event-stream",
                        .stream = [](std::string&) { return StreamState::more_later; }};
  };
  serve();
  HttpTestClient watcher = client();
  watcher.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").receive("\r\n\r\n");
  server->stop();
  EXPECT_TRUE(watcher.receive().ends_with("0\r\n\r\n"));
  EXPECT_TRUE(watcher.is_closed());
}

}  // namespace
}  // namespace apiary
