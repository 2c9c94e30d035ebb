#pragma once

#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/run_options.h"
#include "http/web_server.h"

namespace apiary {

/// A listening socket for the dashboard, which serves nothing yet.
struct WebListener {
  WebAddress address;
  std::string token;       // empty: none is required
  std::string token_file;  // where it is from
  std::unique_ptr<HttpServer> server;
  std::vector<std::string> remarks{};  // sentences for the log

  /// Where to open the dashboard, for the log: with the token only if `is_private`.
  std::string sentence(bool is_private) const;
  HttpGuard guard() const;
};

/// The file of the token that the dashboard requires; empty: it requires none.
std::string web_token_file_of(const RunOptions& options);

/// Listens where `options` says, while there are privileges for the port or the folder. Makes a
/// token if no option names one. Returns nothing if the options do not ask for a dashboard. Error:
/// a sentence.
tl::expected<std::optional<WebListener>, std::string> listen_for_web(const RunOptions& options);

}  // namespace apiary
