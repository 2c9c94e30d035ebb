#pragma once

#include <cstddef>

#include "base/time.h"

namespace apiary {

/// What programs may take of the machine.
struct ScriptLimits {
  // Processes that run, those still being ended included: three descriptors and a few MB each.
  std::size_t processes = 4'096;
  // How many of them may serve UDP: whoever floods a port from addresses that are not his leaves
  // the rest to visitors who have shaken hands.
  std::size_t datagram_processes = 1'024;
};

/// What proxied conversations may take of the machine.
struct ProxyLimits {
  // Open connections to other machines: one descriptor each.
  std::size_t sessions = 4'096;
  // How many of them may serve UDP, for the same reason.
  std::size_t datagram_sessions = 1'024;
  // How long a connection may take to be established.
  Duration connect_time = seconds{20};
};

/// The bounds of all services. Those that are built in have none of their own: the engine bounds
/// the number of conversations.
struct ServiceLimits {
  ScriptLimits scripts{};
  ProxyLimits proxies{};
};

}  // namespace apiary
