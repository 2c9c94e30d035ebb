#pragma once

#include <variant>

#include "topology/topology.h"

namespace apiary {

/// What becomes of a packet on the virtual network. The pointers live as long as the Topology.
struct Delivered {
  const Path* path;
};
struct LostOnLink {};
/// Its time to live ran out at `hop`, the router whose turn it was.
struct TtlExpired {
  const Hop* hop;
};
/// `hop`, the last router that could be reached, has no route to its destination, or one that says
/// it cannot be reached.
struct NoRoute {
  const Hop* hop;
};
/// No entry router is responsible for its destination: it is not of this network.
struct NotOfThisNetwork {};

using RouteVerdict = std::variant<Delivered, LostOnLink, TtlExpired, NoRoute, NotOfThisNetwork>;

}  // namespace apiary
