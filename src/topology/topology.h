/// topology/: the virtual network between the outside and the hosts. Topology is how it is built
/// (immutable, paths worked out at load); EmulatedNetwork is what becomes of a packet on it now.
/// Neither sends anything: they return verdicts.
#pragma once

#include <cstddef>
#include <memory>
#include <tl/expected.hpp>
#include <vector>

#include "base/address.h"
#include "base/prefix_map.h"
#include "base/time.h"
#include "base/units.h"

namespace apiary {

/// How a link treats the packets that cross it, in either direction.
struct LinkQuality {
  Duration latency{};  // one way
  Probability loss;    // of each packet, one way
  bool operator==(const LinkQuality&) const = default;
};

/// `route entry ROUTER network NET`: packets for NET come in at ROUTER.
struct EntryRoute {
  IpAddress router;
  IpPrefix network;
};
/// `route ROUTER link NET`: ROUTER reaches NET directly.
struct DirectRoute {
  IpAddress router;
  IpPrefix network;
};
/// `route ROUTER unreach NET`: ROUTER answers that NET cannot be reached.
struct UnreachableRoute {
  IpAddress router;
  IpPrefix network;
};
/// `route ROUTER add net NET NEXT ...`: ROUTER hands packets for NET on to the router NEXT.
struct NextHopRoute {
  IpAddress router;
  IpPrefix network;
  IpAddress next;
  LinkQuality link;
};

/// A topology as the configuration states it.
struct TopologyPlan {
  std::vector<EntryRoute> entries;
  std::vector<DirectRoute> direct;
  std::vector<NextHopRoute> next_hops;
  std::vector<UnreachableRoute> unreachable{};
};

/// A router on the way to somewhere, and what the way from the outside to it costs.
struct Hop {
  IpAddress router;
  Duration latency{};        // one way, summed
  Probability loss;          // one way, of all links together
  std::size_t distance = 0;  // the routers before it
};

/// The way from the outside to some addresses.
struct Path {
  std::vector<Hop> hops;  // the routers that hand packets on, outermost first
  Duration latency{};     // one way, all the way
  Probability loss;       // one way, all the way
  bool reaches = true;    // when false, the last of the hops says that they cannot be reached
};

/// Next-hop routes that lead in a circle.
struct RouteLoop {
  std::size_t next_hop_route;  // the index in TopologyPlan::next_hops of the route that closes it
};

/// The routers and links of a honeynet. Immutable.
class Topology {
 public:
  /// No routers at all: every address is directly outside, zero hops away.
  Topology() = default;

  /// Works out the path to every address. A router decides by the longest prefix among its direct,
  /// next-hop and unreachable routes; its own address it reaches without any.
  static tl::expected<Topology, std::vector<RouteLoop>> build(const TopologyPlan& plan);

  /// The path to `address`; nullptr when no entry router is responsible for it.
  const Path* path_to(const IpAddress& address) const;

  /// Whether a path reaches any address from `first` to `last`.
  bool reaches_any(const IpAddress& first, const IpAddress& last) const;

  bool is_router(const IpAddress& address) const;
  bool empty() const { return routers_.empty(); }
  /// All router addresses, ascending.
  const std::vector<IpAddress>& routers() const { return routers_; }

 private:
  std::vector<IpAddress> routers_;
  PrefixMap<Path> paths_;
  Path direct_;  // of no hops, for a topology without routers
};

}  // namespace apiary
