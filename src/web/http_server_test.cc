#include "web/http_server.h"

#include <gtest/gtest.h>
#include <httplib.h>

#include <atomic>
#include <future>

namespace apiary {
namespace {

/// A server on some free port of loopback.
class HttpServerTest : public testing::Test {
 protected:
  HttpServerTest() {
    for (std::uint16_t port = 18'080; server == nullptr && port < 18'180; ++port) {
      auto opened = HttpServer::listen_at({"127.0.0.1", port, true});
      if (!opened) continue;
      server = std::move(*opened);
      address = "http://127.0.0.1:" + std::to_string(port);
    }
  }
  httplib::Client client() const { return httplib::Client(address); }

  std::unique_ptr<HttpServer> server;
  std::string address;
};

TEST_F(HttpServerTest, HandsRequestsOnAndAnswersBack) {
  ASSERT_NE(server, nullptr);
  server->serve([](const HttpRequest& request) {
    return HttpAnswer{.body = request.method + " " + request.path + " " + request.parameter("a") +
                              " " + request.token + " " + request.body};
  });
  const auto got = client().Get("/x?a=1%202", {{"Authorization", "Bearer secret"}});
  ASSERT_TRUE(got);
  EXPECT_EQ(got->body, "GET /x 1 2 secret ");
  EXPECT_NE(got->get_header_value("Content-Security-Policy").find("default-src 'none'"),
            std::string::npos);
  EXPECT_EQ(client().Put("/y", "text", "text/plain")->body, "PUT /y   text");
}

TEST_F(HttpServerTest, RefusesABodyThatIsTooLarge) {
  ASSERT_NE(server, nullptr);
  server->serve([](const HttpRequest&) { return HttpAnswer{}; });
  const auto got = client().Put("/", std::string(HttpServer::largest_body_bytes + 1, 'x'), "a/b");
  EXPECT_TRUE(!got || got->status == 413);
}

TEST_F(HttpServerTest, StreamsUntilThereIsNoMore) {
  ASSERT_NE(server, nullptr);
  server->serve([](const HttpRequest&) {
    return HttpAnswer{.type = "text/event-stream", .stream = [left = 3](std::string& more) mutable {
                        more = "piece\n";
                        return --left > 0;
                      }};
  });
  std::string all;
  const auto got = client().Get("/", [&](const char* data, std::size_t size) {
    all.append(data, size);
    return true;
  });
  ASSERT_TRUE(got);
  EXPECT_EQ(all, "piece\npiece\npiece\n");
}

TEST_F(HttpServerTest, LetsNoMoreLookOnThanMayAndStillAnswers) {
  ASSERT_NE(server, nullptr);
  server->serve([](const HttpRequest& request) {
    if (request.path == "/short") return HttpAnswer{.body = "here"};
    return HttpAnswer{.type = "text/event-stream", .stream = [](std::string& more) {
                        more = ":\n\n";
                        std::this_thread::sleep_for(std::chrono::milliseconds(10));
                        return true;
                      }};
  });
  std::atomic<std::size_t> looking_on = 0, refused = 0;
  std::atomic<bool> is_over = false;
  std::vector<std::future<void>> clients;
  for (std::size_t i = 0; i < HttpServer::most_streams + 4; ++i)
    clients.push_back(std::async(std::launch::async, [&] {
      bool is_first = true;
      const auto got = client().Get(
          "/stream",
          [&](const httplib::Response& response) {
            if (response.status == 503) ++refused;
            return response.status == 200;
          },
          [&](const char*, std::size_t) {
            if (std::exchange(is_first, false)) ++looking_on;
            return !is_over;
          });
    }));
  for (int i = 0; i < 1'000 && looking_on + refused < clients.size(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(looking_on, HttpServer::most_streams);
  EXPECT_EQ(refused, 4U);
  const auto got = client().Get("/short");
  EXPECT_TRUE(got && got->body == "here");
  is_over = true;
}

TEST_F(HttpServerTest, StopsWhoeverLooksOn) {
  ASSERT_NE(server, nullptr);
  server->serve([](const HttpRequest&) {
    return HttpAnswer{.type = "text/event-stream", .stream = [](std::string& more) {
                        more = ":\n\n";
                        std::this_thread::sleep_for(std::chrono::milliseconds(10));
                        return true;
                      }};
  });
  std::promise<void> began;
  const auto looking_on = std::async(std::launch::async, [&] {
    bool is_first = true;
    (void)client().Get("/", [&](const char*, std::size_t) {
      if (std::exchange(is_first, false)) began.set_value();
      return true;
    });
  });
  began.get_future().wait();
  server->stop();
  looking_on.wait();
}

}  // namespace
}  // namespace apiary
