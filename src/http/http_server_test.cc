#include "http/http_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <thread>
#include <vector>

#include "posix/file_descriptor.h"

namespace apiary {
namespace {

using std::chrono::milliseconds;

/// Answers as a test says.
class TestHandler final : public HttpHandler {
 public:
  std::function<HttpResponse(const HttpRequest&)> answers = [](const HttpRequest& request) {
    return HttpResponse{.body = request.method + " " + request.path + " " + request.body};
  };

  std::optional<HttpResponse> refuse(const HttpRequest& request, bool) override {
    if (request.path == "/refused") return http_error(403, "no");
    return {};
  }
  HttpLane lane(const HttpRequest& request) override {
    return request.path == "/health" ? HttpLane::health : HttpLane::reading;
  }
  HttpResponse answer(const HttpRequest& request) override { return answers(request); }
};

/// A client that says bytes and looks at what comes back.
class TestClient {
 public:
  explicit TestClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }

  TestClient& say(std::string_view bytes) {
    (void)!send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    return *this;
  }
  TestClient& half_close() {
    shutdown(socket_.get(), SHUT_WR);
    return *this;
  }
  /// Until the other side closes, `text` is there, or seconds have passed.
  std::string hear(std::string_view text = "\xff", milliseconds patience = milliseconds(5'000)) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (heard_.find(text) == std::string::npos) {
      pollfd waiting{socket_.get(), POLLIN, 0};
      const auto left =
          std::chrono::duration_cast<milliseconds>(end - std::chrono::steady_clock::now());
      if (left.count() <= 0 || poll(&waiting, 1, static_cast<int>(left.count())) <= 0) break;
      char buffer[4'096];
      const ssize_t count = recv(socket_.get(), buffer, sizeof buffer, 0);
      is_closed_ = count <= 0;
      if (is_closed_) break;
      heard_.append(buffer, static_cast<std::size_t>(count));
    }
    return heard_;
  }
  bool is_closed() const { return is_closed_; }

 private:
  FileDescriptor socket_;
  std::string heard_;
  bool is_closed_ = false;
};

/// A server on some free port of loopback.
class HttpServerTest : public testing::Test {
 protected:
  void serve(const HttpLimits& limits = {}) {
    for (port = 18'080; server == nullptr && port < 18'180; ++port)
      if (auto opened = HttpServer::listen_at({"127.0.0.1", port, true}, limits)) {
        server = std::move(*opened);
        server->serve(handler);
        return;
      }
    FAIL() << "no port is free";
  }
  TestClient client() const { return TestClient(port); }
  std::string asked(std::string_view request) const {
    return client().say(request).half_close().hear();
  }

  TestHandler handler;
  std::unique_ptr<HttpServer> server;
  std::uint16_t port = 0;
};

std::string body_of(const std::string& response) {
  const std::size_t end = response.find("\r\n\r\n");
  return end == std::string::npos ? "" : response.substr(end + 4);
}

std::size_t count_of(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

TEST_F(HttpServerTest, AnswersWhoHasShutDownItsSide) {
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
  TestClient kept = client();
  kept.say("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n").hear("GET /1 ");
  EXPECT_NE(
      kept.say("GET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").hear().find("GET /2 "),
      std::string::npos);
  EXPECT_TRUE(kept.is_closed());
  TestClient old = client();
  old.say("GET / HTTP/1.0\r\n\r\n").hear();
  EXPECT_TRUE(old.is_closed());
}

TEST_F(HttpServerTest, HasWhoAsksFirstSendItsBodyUnlessItIsRefused) {
  serve();
  const std::string fields =
      " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n";
  TestClient welcome = client();
  EXPECT_TRUE(
      welcome.say("PUT /p" + fields).hear("\r\n\r\n").starts_with("HTTP/1.1 100 Continue\r\n\r\n"));
  EXPECT_NE(welcome.say("text").hear("PUT /p text").find("PUT /p text"), std::string::npos);
  EXPECT_TRUE(client().say("PUT /refused" + fields).hear().starts_with("HTTP/1.1 403 "));
}

TEST_F(HttpServerTest, RefusesABodyThatGrowsTooLarge) {
  serve({.body_bytes = 1'000});
  EXPECT_TRUE(asked("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" +
                    std::string(1'001, 'x'))
                  .starts_with("HTTP/1.1 413 "));
}

TEST_F(HttpServerTest, HoldsOnlySoMuchOfAllBodies) {
  serve({.body_bytes = 1'000, .bodies_together_bytes = 1'500});
  const std::string fields = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n";
  TestClient first = client();
  first.say(fields + std::string(900, 'x'));
  std::this_thread::sleep_for(milliseconds(500));
  EXPECT_TRUE(client().say(fields + std::string(1'000, 'x')).hear().starts_with("HTTP/1.1 503 "));
  first.say(std::string(100, 'x'));
  EXPECT_TRUE(first.hear("PUT / x").starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(
      client().say(fields + std::string(1'000, 'x')).hear("PUT / x").starts_with("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, GivesUpARequestThatComesTooSlowly) {
  serve({.request_time = milliseconds(300)});
  for (const std::string begin :
       {"GET / HTTP/1.1\r\nX: ", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n"}) {
    TestClient slow = client();
    slow.say(begin);
    for (int i = 0; i < 30 && !slow.is_closed(); ++i) {
      slow.say("a");
      slow.hear("\xff", milliseconds(50));
    }
    EXPECT_TRUE(slow.hear().starts_with("HTTP/1.1 408 ")) << slow.hear();
    EXPECT_TRUE(slow.is_closed());
  }
}

TEST_F(HttpServerTest, GivesUpWhoDoesNotTakeItsAnswer) {
  handler.answers = [](const HttpRequest&) {
    return HttpResponse{.body = std::string(20'000'000, 'x')};
  };
  serve({.connections_per_client = 1,
         .answer_time = milliseconds(100),
         .slowest_bytes_per_second = 1'000'000'000});
  TestClient slow = client();
  slow.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  std::this_thread::sleep_for(milliseconds(1'000));
  EXPECT_LT(slow.hear().size(), 20'000'000U);
  EXPECT_TRUE(slow.is_closed());
}

TEST_F(HttpServerTest, AnswersWhileHundredsAreSlow) {
  serve();
  std::vector<TestClient> slow;
  for (int i = 0; i < 300; ++i) {
    slow.push_back(client());
    if (i % 3 == 1) slow.back().say("GET / HTTP/1.1\r\nX: ");
    if (i % 3 == 2) slow.back().say("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n");
  }
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(body_of(asked("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")), "GET /x ");
  EXPECT_LT(std::chrono::steady_clock::now() - before, milliseconds(3'000));
}

TEST_F(HttpServerTest, GivesUpTheIdleWhenOthersCome) {
  serve({.connections = 4, .connections_per_client = 4});
  std::vector<TestClient> kept;
  for (int i = 0; i < 4; ++i) {
    kept.push_back(client());
    kept.back().say("GET /x HTTP/1.1\r\nHost: a\r\n\r\n").hear("GET /x ");
  }
  EXPECT_EQ(body_of(asked("GET /y HTTP/1.1\r\nHost: a\r\n\r\n")), "GET /y ");
  kept[0].hear();
  EXPECT_TRUE(kept[0].is_closed()) << "who was idle for longest";
  kept[3].hear("\xff", milliseconds(50));
  EXPECT_FALSE(kept[3].is_closed());
}

TEST_F(HttpServerTest, AnswersHealthWhileAllElseTakesLong) {
  std::atomic<bool> is_over = false;
  handler.answers = [&](const HttpRequest& request) {
    while (request.path == "/long" && !is_over) std::this_thread::sleep_for(milliseconds(10));
    return HttpResponse{.body = "done"};
  };
  serve();
  std::vector<TestClient> waiting;
  for (int i = 0; i < 100; ++i) {
    waiting.push_back(client());
    waiting.back().say("GET /long HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  EXPECT_EQ(body_of(asked("GET /health HTTP/1.1\r\nHost: a\r\n\r\n")), "done");
  is_over = true;
  EXPECT_EQ(body_of(waiting.back().hear("done")), "done");
  server->stop();  // it asks for what ends with this test
}

TEST_F(HttpServerTest, StreamsUntilThereIsNoMore) {
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

TEST_F(HttpServerTest, AStreamTakesUpNoWorkerAndWaitsForWhoReadsSlowly) {
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
  std::vector<TestClient> lookers;
  for (int i = 0; i < 40; ++i) {
    lookers.push_back(client());
    lookers.back().say("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n").hear("\r\n\r\n");
  }
  EXPECT_TRUE(client()
                  .say("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
                  .hear("looks")
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

TEST_F(HttpServerTest, KnowsWhoLooksOnNoMore) {
  handler.answers = [](const HttpRequest&) {
    return HttpResponse{.type = "text/event-stream",
                        .stream = [](std::string&) { return StreamState::more_later; }};
  };
  serve({.streams = 1});
  const std::string request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  {
    TestClient gone = client();
    gone.say(request).hear("\r\n\r\n");
    EXPECT_TRUE(client().say(request).hear("503").starts_with("HTTP/1.1 503 "));
  }
  bool has_room = false;
  for (int i = 0; i < 50 && !has_room; ++i) {
    std::this_thread::sleep_for(milliseconds(100));
    has_room = client().say(request).hear("\r\n\r\n").starts_with("HTTP/1.1 200 ");
  }
  EXPECT_TRUE(has_room);
}

TEST_F(HttpServerTest, StopsWhoeverLooksOn) {
  handler.answers = [](const HttpRequest&) {
    return HttpResponse{.type = "text/event-stream",
                        .stream = [](std::string&) { return StreamState::more_later; }};
  };
  serve();
  TestClient looker = client();
  looker.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n").hear("\r\n\r\n");
  server->stop();
  EXPECT_TRUE(looker.hear().ends_with("0\r\n\r\n"));
  EXPECT_TRUE(looker.is_closed());
}

TEST_F(HttpServerTest, SaysWhyItCannotListen) {
  serve();
  const auto again = HttpServer::listen_at({"127.0.0.1", port, true});
  ASSERT_FALSE(again);
  EXPECT_NE(again.error().find("Address already in use"), std::string::npos) << again.error();
}

}  // namespace
}  // namespace apiary
