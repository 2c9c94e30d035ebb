#pragma once

#include <cstdint>

#include "base/random.h"
#include "topology/route.h"

namespace apiary {

/// What becomes of packets on a Topology: draws the dice and counts the hops. It decides only; the
/// engine acts on its verdicts.
class EmulatedNetwork {
 public:
  explicit EmulatedNetwork(Random random) : random_(random) {}

  /// The way in, from the outside to `destination`, of a packet that arrives with `ttl`.
  RouteVerdict route_inbound(const Topology& topology, const IpAddress& destination,
                             std::uint8_t ttl);

  /// Whether a packet survives the links between `hop` and the outside.
  bool survives_from(const Hop& hop) { return !random_.happens(hop.loss); }

 private:
  Random random_;
};

}  // namespace apiary
