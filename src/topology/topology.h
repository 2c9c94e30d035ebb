/// topology/: the virtual network between the outside and the hosts. Topology is its structure
/// (immutable, with paths computed at load); EmulatedNetwork decides the fate of each packet.
/// Neither sends anything: they return verdicts.
#pragma once

#include <cstddef>
#include <tl/expected.hpp>
#include <vector>

#include "base/address.h"
#include "base/prefix_map.h"
#include "base/tunnel_ends.h"
#include "topology/link.h"
#include "topology/path.h"
#include "topology/topology_spec.h"

namespace apiary {

/// A loop of next-hop routes.
struct RouteLoop {
  std::size_t next_hop_route;  // the index in TopologySpec::next_hops of the route that closes it
};

/// The routers and links of a honeynet. Immutable.
class Topology {
 public:
  /// No routers at all: every address is directly outside, zero hops away.
  Topology() = default;

  /// Computes the path to every address. A router decides by the longest prefix among its direct,
  /// next-hop and unreachable routes. It reaches its own address without a route.
  static tl::expected<Topology, std::vector<RouteLoop>> build(const TopologySpec& plan);

  /// The path to `address`; nullptr if no entry router is responsible for it, and the first has no
  /// route to it.
  const Path* path_to(const IpAddress& address) const;

  /// Whether a path reaches any address from `first` to `last`.
  bool reaches_any(const IpAddress& first, const IpAddress& last) const;

  /// Whether packets for any address of `network` reach `router`.
  bool leads(const IpPrefix& network, const IpAddress& router) const;

  bool is_router(const IpAddress& address) const;
  bool empty() const { return routers_.empty(); }
  /// The links of all paths. Parallel links are adjacent.
  const std::vector<Link>& links() const { return links_; }
  /// The tunnels of all routes, without duplicates.
  const std::vector<TunnelEnds>& tunnels() const { return tunnels_; }
  /// All router addresses, ascending.
  const std::vector<IpAddress>& routers() const { return routers_; }

 private:
  std::vector<IpAddress> routers_;
  std::vector<Link> links_;
  std::vector<TunnelEnds> tunnels_;
  PrefixMap<Path> paths_;
  Path direct_;  // of no hops, for a topology without routers
};

}  // namespace apiary
