#pragma once

#include <cstddef>

#include "base/source_shares.h"
#include "base/time.h"

namespace apiary {

/// Limits of programs.
struct ScriptLimits {
  // Processes, including those that are being ended: three descriptors and a few MB each.
  std::size_t processes = 4'096;
  // How many of them may serve UDP. A flood from spoofed sources then leaves the rest to TCP
  // visitors, who completed a handshake.
  std::size_t datagram_processes = 1'024;
  // How many of them may belong to one virtual host. An attack on it leaves the rest to others.
  std::size_t processes_per_host = 512;
  // How many may serve visitors of one /24. As few visitors complete more handshakes at a time.
  std::size_t processes_per_source_network = 256;
};

/// Limits of proxied conversations.
struct ProxyLimits {
  // Open connections to other machines: one descriptor each.
  std::size_t sessions = 4'096;
  // How many of them may serve UDP, for the same reason.
  std::size_t datagram_sessions = 1'024;
  // How many of them one visitor may have.
  ShareLimits per_source{.per_host = 64, .per_network = 256};
  // Time limit of a connection attempt, with the lookup of the target's name.
  Duration connect_time = seconds{5};
};

/// The limits of all services. Built-in services need none: the engine limits the number of
/// conversations.
struct ServiceLimits {
  ScriptLimits scripts{};
  ProxyLimits proxies{};
};

}  // namespace apiary
