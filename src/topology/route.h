#pragma once

#include <cstdint>
#include <variant>

#include "base/time.h"

namespace apiary {

enum class LinkLoss : std::uint8_t;  // channel.h
struct Hop;                          // path.h
struct Path;

/// The fate of a packet on its inbound path. The pointers are valid as long as the Topology. `at`
/// is when the packet gets there: usually later than when it was received.
struct Delivered {
  const Path* path;
  Instant at;
};
struct LostOnLink {
  LinkLoss why;
};
/// Its TTL expired at `hop`.
struct TtlExpired {
  const Path* path;
  const Hop* hop;
  Instant at;
};
/// It must not be fragmented and is too large for the link after `hop`.
struct TooLarge {
  const Path* path;
  const Hop* hop;
  Instant at;
};
/// `hop`, the last router that could be reached, has no route to the destination, or an unreachable
/// route: see Path::end.
struct NoRoute {
  const Path* path;
  const Hop* hop;
  Instant at;
};
/// The last hop forwards it into Path::tunnel.
struct Tunnelled {
  const Path* path;
  const Hop* hop;
  Instant at;
};
/// No entry router is responsible for its destination: it does not belong to this network.
struct NotOfThisNetwork {};

using RouteVerdict =
    std::variant<Delivered, LostOnLink, TtlExpired, TooLarge, NoRoute, Tunnelled, NotOfThisNetwork>;

}  // namespace apiary
