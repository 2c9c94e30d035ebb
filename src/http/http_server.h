#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "http/http.h"
#include "http/web_socket.h"

namespace apiary {

/// Groups of worker threads, so that slow requests of one group do not delay the others.
enum class HttpLane { health, dashboard, reading, changing, count_ };

/// Answers requests. The server calls it from several threads.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;

  /// The refusal of a request before its body is read, or empty. `request` has no body yet,
  /// `has_body` says whether one follows. Never waits.
  virtual std::optional<HttpResponse> refuse(const HttpRequest& request, bool has_body) = 0;
  virtual HttpLane lane(const HttpRequest& request) = 0;
  /// May take long: it runs on a thread of the request's lane.
  virtual HttpResponse answer(const HttpRequest& request) = 0;
};

/// Bounds of a server. Clients of one address cannot use all of them.
struct HttpLimits {
  using Time = std::chrono::milliseconds;

  std::size_t connections = 256, connections_per_client = 64;
  std::size_t streams = 32;
  std::size_t body_bytes = std::size_t{8} << 20;
  std::size_t bodies_together_bytes = std::size_t{32} << 20;
  Time request_time{10'000};                  // to receive a whole request, from its first byte
  Time answer_time{10'000};                   // to send a response; longer for a large one
  std::size_t min_bytes_per_second = 32'768;  // of a large response
  Time idle_time{30'000};                     // between two requests
  Time closing_time{2'000};                   // for a client to close the connection
};

/// Serves HTTP/1.1: one thread reads requests and writes responses with libevent, others compute
/// the responses. None has privileges, all have a low priority. When connections run out, the
/// server closes the one that has kept it waiting for longest, those of the same client first, so
/// that slow or numerous clients cannot block others.
class HttpServer {
 public:
  /// A server behind a listening socket.
  static std::unique_ptr<HttpServer> make(WebSocket socket, const HttpLimits& limits = {});
  /// Listens. Call it while there are privileges for the port. Error: a sentence.
  static tl::expected<std::unique_ptr<HttpServer>, std::string> listen_at(
      const WebAddress& address, const HttpLimits& limits = {});
  virtual ~HttpServer() = default;

  /// Begins to answer, on other threads. `handler` must live until stop().
  virtual void serve(HttpHandler& handler) = 0;
  /// Stops the server, and returns when no handler runs any more.
  virtual void stop() = 0;
};

}  // namespace apiary
