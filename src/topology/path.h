#pragma once

#include <cstdint>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "base/units.h"
#include "topology/link.h"

namespace apiary {

/// Consecutive stateless links, computed as one.
struct LinkRun {
  Duration latency{};
  Probability loss;
};

/// A stateful link on a path, and the stateless ones before it, as seen from the outside.
struct PathStage {
  LinkRun before;  // between the outside, or the previous crossing, and this one
  ChannelIndex inward;
  Duration latency{};  // one way from the outside to its far end, queues and jitter apart
};

/// A position on a path.
struct PathPosition {
  std::uint32_t stages = 0;          // the number of the path's stages before it
  std::uint16_t mtu_bytes = 65'535;  // the smallest of the links before it
  LinkRun after;                     // the stateless links after the last of these stages
  Duration latency{};                // one way from the outside, queues and jitter apart
  Probability loss;                  // one way, on average
};

/// A router on a path.
struct Hop {
  IpAddress router;
  PathPosition place;
  std::uint16_t distance = 0;             // the routers before it
  std::uint16_t next_mtu_bytes = 65'535;  // of the link by which it forwards packets
};

/// How a path ends.
enum class PathEnd : std::uint8_t {
  reached,              // its destination
  no_route,             // the last hop has no route
  unreachable_network,  // the last hop has an unreachable route for it
  unreachable_host,     // the same for a single address
  tunnel,               // the last hop forwards into Path::tunnel
};

/// The path from the outside to some addresses.
struct Path {
  std::vector<Hop> hops;  // the routers that forward packets, outermost first
  std::vector<PathStage> stages;
  PathPosition place;  // of its destination
  PathEnd end = PathEnd::reached;
  std::uint16_t tunnel = 0;  // the index in Topology::tunnels(), if it ends there

  bool reaches() const { return end == PathEnd::reached; }
  /// Whether the last hop forwards packets, too.
  bool leads_on() const { return reaches() || end == PathEnd::tunnel; }
};

}  // namespace apiary
