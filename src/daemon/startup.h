#pragma once

#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "control/control_server.h"
#include "daemon/claimed_network.h"
#include "daemon/run_options.h"
#include "daemon/web_listener.h"
#include "service/spawner.h"
#include "setup/active_config_text.h"
#include "setup/service_view.h"

namespace apiary {

/// Everything that the daemon reads and opens while it is root.
struct Startup {
  Spawner spawner;
  HashKey host_key;
  ServicePolicy services{};
  BuiltText built{};
  SandboxView view{};  // of services
  std::unique_ptr<ClaimedNetwork> network{};
  std::vector<InterfaceSettings> interfaces{};  // of the network's devices
  std::shared_ptr<const SignatureDatabase> signatures{};
  std::optional<ControlSocket> control{};
  std::optional<WebListener> web{};
};

/// Reads the configuration, claims its network, opens the sockets, and creates the files of events
/// for the daemon's user. Warnings go to `log`. Error: some lines.
tl::expected<Startup, std::string> start_as_root(const RunOptions& options, Spawner spawner,
                                                 spdlog::logger& log);

}  // namespace apiary
