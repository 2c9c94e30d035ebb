/// topology/: the virtual network between the outside and the hosts. Topology is its structure
/// (immutable, with paths computed at load); EmulatedNetwork decides the fate of each packet.
/// Neither sends anything: they return verdicts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <tl/expected.hpp>
#include <vector>

#include "base/address.h"
#include "base/prefix_map.h"
#include "base/time.h"
#include "base/tunnel_ends.h"
#include "base/units.h"
#include "topology/link.h"

namespace apiary {

/// `route entry ROUTER network NET`: packets for NET enter at ROUTER. Packets for other addresses
/// enter at the router of the first entry, if it has a route to them.
struct EntryRoute {
  IpAddress router;
  IpPrefix network;
};
/// `route ROUTER link NET`: ROUTER reaches NET directly.
struct DirectRoute {
  IpAddress router;
  IpPrefix network;
};
/// `route ROUTER unreach NET`: ROUTER answers that NET is unreachable.
struct UnreachableRoute {
  IpAddress router;
  IpPrefix network;
};
/// `route ROUTER add net NET NEXT ...`: ROUTER forwards packets for NET to the router NEXT.
struct NextHopRoute {
  IpAddress router;
  IpPrefix network;
  IpAddress next;
  LinkQuality link;
};

/// `route ROUTER add net NET tunnel LOCAL REMOTE`: ROUTER forwards packets for NET into a tunnel.
struct TunnelRoute {
  IpAddress router;
  IpPrefix network;
  TunnelEnds tunnel;
};

/// A topology as configured.
struct TopologySpec {
  std::vector<EntryRoute> entries;
  std::vector<DirectRoute> direct;
  std::vector<NextHopRoute> next_hops;
  std::vector<UnreachableRoute> unreachable{};
  std::vector<TunnelRoute> tunnels{};
};

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
