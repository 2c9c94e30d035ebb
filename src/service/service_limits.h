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
  // How many of these may serve UDP, for the same reason.
  std::size_t datagram_processes_per_host = 128;
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

/// Limits of the connections that servers of subsystems begin; a part of them is in EgressGate.
struct EgressLimits {
  // That are open or being opened, and of these by one virtual host. A UDP flow of a resolver stays
  // open for 15 s.
  std::size_t sessions = 1'024;
  std::size_t per_host = 384;
  double burst = 200, per_second = 100;
};

/// Limits of subsystems.
struct SubsystemLimits {
  // Servers that run at a time: some MB each, and a network of their own. Where each host has its
  // own, an unused one is ended to make room for another.
  std::size_t servers = 64;
  // Open connections to them.
  std::size_t sessions = 4'096;
  // How many of them may serve UDP, and how many one visitor may have: as for proxies.
  std::size_t datagram_sessions = 1'024;
  ShareLimits per_source{.per_host = 128, .per_network = 512};
  EgressLimits egress{};
  // How long a visitor waits for a server that starts, and for its connection.
  Duration connect_time = seconds{10};
  // Before a server starts again: at first, and at most.
  Duration first_pause = seconds{1}, max_pause = seconds{60};
  // One that ran for so long begins with the first pause again.
  Duration steady_time = seconds{60};
};

/// The limits of all services. Built-in services need none: the engine limits the number of
/// conversations.
struct ServiceLimits {
  ScriptLimits scripts{};
  ProxyLimits proxies{};
  SubsystemLimits subsystems{};
};

}  // namespace apiary
