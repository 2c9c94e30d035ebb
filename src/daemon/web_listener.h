#pragma once

#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "daemon/run_options.h"
#include "http/web_server.h"

namespace apiary {

/// A listening socket for the dashboard, which serves nothing yet.
struct WebListener {
  WebAddress address;
  std::string token;  // empty: none
  std::unique_ptr<HttpServer> server;
};

/// Listens where `options` says, while there are privileges for the port. Returns nothing if they
/// name no address. Error: a sentence.
tl::expected<std::optional<WebListener>, std::string> listen_for_web(const RunOptions& options);

}  // namespace apiary
