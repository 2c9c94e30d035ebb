#include "topology/emulated_network.h"

#include <algorithm>

namespace apiary {

RouteVerdict EmulatedNetwork::route_inbound(const Topology& topology, const IpAddress& destination,
                                            std::uint8_t ttl) {
  const Path* const path = topology.path_to(destination);
  if (path == nullptr) return NotOfThisNetwork{};

  // A router that has no route says so before it looks at the time to live, as Linux does.
  const std::size_t forwarding = path->reaches ? path->hops.size() : path->hops.size() - 1;
  if (ttl <= forwarding) {
    if (forwarding > 0) {
      const Hop& hop = path->hops[std::max<std::size_t>(ttl, 1) - 1];
      if (random_.happens(hop.loss)) return LostOnLink{};
      return TtlExpired{&hop};
    }
  }
  if (random_.happens(path->loss)) return LostOnLink{};
  if (!path->reaches) return NoRoute{&path->hops.back()};
  return Delivered{path};
}

}  // namespace apiary
