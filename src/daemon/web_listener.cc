#include "daemon/web_listener.h"

#include <fmt/format.h>

#include <utility>

namespace apiary {

tl::expected<std::optional<WebListener>, std::string> listen_for_web(const RunOptions& options) {
  if (options.web.empty()) return std::nullopt;
  const auto address = parse_web_address(options.web);
  if (!address) return tl::unexpected(address.error());
  WebListener listener{*address, {}, nullptr};
  if (!options.web_token_file.empty()) {
    auto token = read_web_token(options.web_token_file);
    if (!token) return tl::unexpected(token.error());
    listener.token = std::move(*token);
  } else if (!address->is_loopback) {
    return tl::unexpected(fmt::format(
        "--web {}: this address is reachable from other machines: --web-token FILE is required",
        options.web));
  }
  auto server = HttpServer::listen_at(*address);
  if (!server) return tl::unexpected(server.error());
  listener.server = std::move(*server);
  return listener;
}

}  // namespace apiary
