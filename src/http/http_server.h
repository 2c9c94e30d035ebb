#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "http/http.h"
#include "http/web_address.h"

namespace apiary {

/// Who does what is asked: a few threads for each lane, so that what takes long in one holds up no
/// other.
enum class HttpLane { health, page, reading, changing, count_ };

/// Answers requests. The server calls it from several threads.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;

  /// Why a request is refused before its body is read; nothing: it is to be answered. `request` has
  /// no body yet, `has_body` says whether one comes. Never waits.
  virtual std::optional<HttpResponse> refuse(const HttpRequest& request, bool has_body) = 0;
  virtual HttpLane lane(const HttpRequest& request) = 0;
  /// May take its time, on a thread of the request's lane.
  virtual HttpResponse answer(const HttpRequest& request) = 0;
};

/// What a server bears. Clients of one address may not take all of it.
struct HttpLimits {
  using Time = std::chrono::milliseconds;

  std::size_t connections = 256, connections_per_client = 64;
  std::size_t streams = 32;
  std::size_t body_bytes = std::size_t{8} << 20;
  std::size_t bodies_together_bytes = std::size_t{32} << 20;
  Time request_time{10'000};  // for a request to come in whole, counted from its first byte
  Time answer_time{10'000};   // for a client to take an answer; longer for a large one
  std::size_t slowest_bytes_per_second = 32'768;  // of a large answer
  Time idle_time{30'000};                         // between two requests
  Time closing_time{2'000};                       // for a client to close the connection
};

/// Serves HTTP/1.1: a thread of its own reads requests and writes answers by libevent, others work
/// the answers out. None has any privilege, all have a low priority. When the connections are used
/// up, the one that has kept the server waiting for longest is closed, those of the same client
/// first: clients that are slow, or many, keep nobody else from an answer.
class HttpServer {
 public:
  /// Listens. Call it while there are privileges for the port. Error: a sentence.
  static tl::expected<std::unique_ptr<HttpServer>, std::string> listen_at(
      const WebAddress& address, const HttpLimits& limits = {});
  virtual ~HttpServer() = default;

  /// Begins to answer, on other threads. `handler` must live until stop().
  virtual void serve(HttpHandler& handler) = 0;
  /// Ends it: returns when no handler runs any more.
  virtual void stop() = 0;
};

}  // namespace apiary
