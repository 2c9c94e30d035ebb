#pragma once

#include <variant>

#include "topology/channel.h"
#include "topology/topology.h"

namespace apiary {

/// What becomes of a packet on its inbound path. The pointers live as long as the Topology; `at` is
/// when it gets there, which is mostly later than when it came in from outside.
struct Delivered {
  const Path* path;
  Instant at;
};
struct LostOnLink {
  LinkLoss why;
};
/// Its time to live ran out at `hop`, the router whose turn it was.
struct TtlExpired {
  const Path* path;
  const Hop* hop;
  Instant at;
};
/// It must not be fragmented and is too large for the link behind `hop`.
struct TooLarge {
  const Path* path;
  const Hop* hop;
  Instant at;
};
/// `hop`, the last router that could be reached, has no route to its destination, or one that says
/// it cannot be reached: see Path::end.
struct NoRoute {
  const Path* path;
  const Hop* hop;
  Instant at;
};
/// The last of the hops hands it on into Path::tunnel.
struct Tunnelled {
  const Path* path;
  const Hop* hop;
  Instant at;
};
/// No entry router is responsible for its destination: it is not of this network.
struct NotOfThisNetwork {};

using RouteVerdict =
    std::variant<Delivered, LostOnLink, TtlExpired, TooLarge, NoRoute, Tunnelled, NotOfThisNetwork>;

}  // namespace apiary
