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

/// `route entry ROUTER network NET`: packets for NET enter at ROUTER. Addresses that no entry names
/// enter at the first one's router, if it has a route to them.
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

/// `route ROUTER add net NET tunnel LOCAL REMOTE`: ROUTER hands packets for NET into a tunnel.
struct TunnelRoute {
  IpAddress router;
  IpPrefix network;
  TunnelEnds tunnel;
};

/// A topology as the configuration states it.
struct TopologySpec {
  std::vector<EntryRoute> entries;
  std::vector<DirectRoute> direct;
  std::vector<NextHopRoute> next_hops;
  std::vector<UnreachableRoute> unreachable{};
  std::vector<TunnelRoute> tunnels{};
};

/// Some stateless links in a row, as if they were one.
struct LinkRun {
  Duration latency{};
  Probability loss;
};

/// A stateful link on a path, and the plain ones before it, as seen from the outside.
struct PathStage {
  LinkRun before;  // between the outside, or the crossing before, and this one
  ChannelIndex inward;
  Duration latency{};  // one way from the outside to its far end, queues and jitter apart
};

/// How far in some point of a path is.
struct PathPosition {
  std::uint32_t stages = 0;          // so many of the path's lie before it
  std::uint16_t mtu_bytes = 65'535;  // the smallest of the links before it
  LinkRun after;                     // the stateless links behind the last of the stages
  Duration latency{};                // one way from the outside, queues and jitter apart
  Probability loss;                  // one way, on the average
};

/// A router on a path.
struct Hop {
  IpAddress router;
  PathPosition place;
  std::uint16_t distance = 0;             // the routers before it
  std::uint16_t next_mtu_bytes = 65'535;  // of the link by which it hands packets on
};

/// How a path ends.
enum class PathEnd : std::uint8_t {
  reached,              // where it leads to
  no_route,             // the last of the hops knows no way
  unreachable_network,  // the last of the hops is told to say that it cannot be reached
  unreachable_host,     // the same of a single address
  tunnel,               // the last of the hops hands on into Path::tunnel
};

/// The way from the outside to some addresses.
struct Path {
  std::vector<Hop> hops;  // the routers that hand packets on, outermost first
  std::vector<PathStage> stages;
  PathPosition place;  // of what it leads to
  PathEnd end = PathEnd::reached;
  std::uint16_t tunnel = 0;  // the index in Topology::tunnels(), when it ends there

  bool reaches() const { return end == PathEnd::reached; }
  /// Whether the last of the hops hands packets on, too.
  bool leads_on() const { return reaches() || end == PathEnd::tunnel; }
};

/// Next-hop routes that lead in a circle.
struct RouteLoop {
  std::size_t next_hop_route;  // the index in TopologySpec::next_hops of the route that closes it
};

/// The routers and links of a honeynet. Immutable.
class Topology {
 public:
  /// No routers at all: every address is directly outside, zero hops away.
  Topology() = default;

  /// Works out the path to every address. A router decides by the longest prefix among its direct,
  /// next-hop and unreachable routes; its own address it reaches without any.
  static tl::expected<Topology, std::vector<RouteLoop>> build(const TopologySpec& plan);

  /// The path to `address`; nullptr when no entry router is responsible for it, and the first has
  /// no route to it.
  const Path* path_to(const IpAddress& address) const;

  /// Whether a path reaches any address from `first` to `last`.
  bool reaches_any(const IpAddress& first, const IpAddress& last) const;

  /// Whether packets for any address of `network` reach `router`.
  bool leads(const IpPrefix& network, const IpAddress& router) const;

  bool is_router(const IpAddress& address) const;
  bool empty() const { return routers_.empty(); }
  /// What the parts of all paths are made of, those between the same routers one after the other.
  const std::vector<Link>& links() const { return links_; }
  /// The tunnels that routes lead into, each once.
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
