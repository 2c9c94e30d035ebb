#pragma once

#include <functional>
#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "web/http.h"
#include "web/web_address.h"

namespace apiary {

/// Serves HTTP on a few threads of its own, of low priority and without any privilege, by
/// cpp-httplib. Each handler runs on one of them and may take its time; who comes when all are busy
/// waits in the kernel.
class HttpServer {
 public:
  static constexpr std::size_t threads = 32;
  static constexpr std::size_t most_streams = 12;
  static constexpr std::size_t largest_body_bytes = std::size_t{8} << 20;

  using Handler = std::function<HttpAnswer(const HttpRequest&)>;

  /// Listens. Call it while there are privileges for the port. Error: a sentence.
  static tl::expected<std::unique_ptr<HttpServer>, std::string> listen_at(
      const WebAddress& address);
  virtual ~HttpServer() = default;

  /// Begins to answer, on other threads.
  virtual void serve(Handler handler) = 0;
  /// Ends it: returns when no handler runs any more.
  virtual void stop() = 0;
};

}  // namespace apiary
