#pragma once

// For tests only.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/http_server.h"
#include "posix/file_descriptor.h"

namespace apiary {

/// Answers with `answers`.
class HttpTestHandler final : public HttpHandler {
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

/// A client that sends bytes, and reads the response.
class HttpTestClient {
 public:
  explicit HttpTestClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }

  HttpTestClient& send(std::string_view bytes) {
    (void)!::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    return *this;
  }
  HttpTestClient& half_close() {
    shutdown(socket_.get(), SHUT_WR);
    return *this;
  }
  /// Reads until the server closes, `text` has arrived, or `patience` has passed. Returns all that
  /// has arrived so far.
  std::string receive(std::string_view text = "\xff",
                      std::chrono::milliseconds patience = std::chrono::milliseconds(5'000)) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (received_.find(text) == std::string::npos) {
      pollfd waiting{socket_.get(), POLLIN, 0};
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          end - std::chrono::steady_clock::now());
      if (left.count() <= 0 || poll(&waiting, 1, static_cast<int>(left.count())) <= 0) break;
      char buffer[4'096];
      const ssize_t count = recv(socket_.get(), buffer, sizeof buffer, 0);
      is_closed_ = count <= 0;
      if (is_closed_) break;
      received_.append(buffer, static_cast<std::size_t>(count));
    }
    return received_;
  }
  bool is_closed() const { return is_closed_; }

 private:
  FileDescriptor socket_;
  std::string received_;
  bool is_closed_ = false;
};

/// A server on a free port of loopback.
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
  HttpTestClient client() const { return HttpTestClient(port); }
  std::string asked(std::string_view request) const {
    return client().send(request).half_close().receive();
  }

  HttpTestHandler handler;
  std::unique_ptr<HttpServer> server;
  std::uint16_t port = 0;
};

inline std::string body_of(const std::string& response) {
  const std::size_t end = response.find("\r\n\r\n");
  return end == std::string::npos ? "" : response.substr(end + 4);
}

inline std::size_t count_of(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

}  // namespace apiary
