#include "topology/topology.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <set>

#include "topology/prefix_table.h"

namespace apiary {
namespace {

/// Where a router sends packets for a prefix: to the next router, directly to the host, into a
/// tunnel, or nowhere.
struct Route {
  const NextHopRoute* next_hop = nullptr;  // null: the path ends here
  ChannelIndex channel;                    // to the next hop
  PathEnd end = PathEnd::reached;          // without a next hop
  std::uint16_t tunnel = 0;                // if it ends in one
};

using Routers = std::map<IpAddress, PrefixTable<Route>>;

PathEnd unreachable_end(const IpPrefix& network) {
  return network.length() == 32 ? PathEnd::unreachable_host : PathEnd::unreachable_network;
}

/// The tunnels of the routes of `plan`, without duplicates.
std::vector<TunnelEnds> gather_tunnels(const TopologySpec& plan) {
  std::vector<TunnelEnds> tunnels;
  for (const TunnelRoute& route : plan.tunnels)
    if (std::find(tunnels.begin(), tunnels.end(), route.tunnel) == tunnels.end())
      tunnels.push_back(route.tunnel);
  return tunnels;
}

/// `channels` holds that of each next-hop route.
Routers gather_routers(const TopologySpec& plan, const std::vector<ChannelIndex>& channels,
                       const std::vector<TunnelEnds>& tunnels) {
  Routers routers;
  for (const EntryRoute& entry : plan.entries) routers[entry.router];
  for (const DirectRoute& direct : plan.direct) routers[direct.router].add(direct.network, {});
  for (const UnreachableRoute& route : plan.unreachable)
    routers[route.router].add(
        route.network, {.next_hop = nullptr, .channel = {}, .end = unreachable_end(route.network)});
  for (const TunnelRoute& route : plan.tunnels) {
    const auto at = std::find(tunnels.begin(), tunnels.end(), route.tunnel) - tunnels.begin();
    routers[route.router].add(route.network, {.next_hop = nullptr,
                                              .channel = {},
                                              .end = PathEnd::tunnel,
                                              .tunnel = static_cast<std::uint16_t>(at)});
  }
  for (std::size_t i = 0; i < plan.next_hops.size(); ++i) {
    const NextHopRoute& route = plan.next_hops[i];
    routers[route.router].add(route.network, {&route, channels[i]});
    routers[route.next];
  }
  for (auto& [router, table] : routers) table.sort();
  return routers;
}

/// All prefixes in routing tables. Addresses between two of them have the same path.
std::set<IpPrefix> deciding_prefixes(const TopologySpec& plan, const Routers& routers) {
  std::set<IpPrefix> prefixes;
  for (const auto& [router, table] : routers) prefixes.insert(IpPrefix{router, 32});
  for (const EntryRoute& entry : plan.entries) prefixes.insert(entry.network);
  for (const DirectRoute& direct : plan.direct) prefixes.insert(direct.network);
  for (const UnreachableRoute& route : plan.unreachable) prefixes.insert(route.network);
  for (const NextHopRoute& route : plan.next_hops) prefixes.insert(route.network);
  for (const TunnelRoute& route : plan.tunnels) prefixes.insert(route.network);
  return prefixes;
}

/// Adds a link to the end of `path`.
void append(const LinkQuality& link, ChannelIndex inward, Path& path) {
  PathPosition& place = path.place;
  path.hops.back().next_mtu_bytes = link.mtu_bytes;
  place.latency += link.latency;
  place.loss = either(place.loss, link.mean_loss());
  place.mtu_bytes = std::min(place.mtu_bytes, link.mtu_bytes);
  if (!link.is_stateful()) {
    place.after.latency += link.latency;
    place.after.loss = either(place.after.loss, link.loss);
    return;
  }
  path.stages.push_back({.before = place.after, .inward = inward, .latency = place.latency});
  place.after = {};
  ++place.stages;
}

/// Walks from `entry` towards `target`. A loop is reported as the route that closes it.
tl::expected<Path, const NextHopRoute*> walk(const Routers& routers, const IpAddress& entry,
                                             const IpPrefix& target) {
  Path path;
  IpAddress address = entry;
  while (IpPrefix{address, 32} != target) {
    path.hops.push_back({.router = address,
                         .place = path.place,
                         .distance = static_cast<std::uint16_t>(path.hops.size())});
    const Route* const route = routers.find(address)->second.longest_prefix_match(target);
    if (route == nullptr || route->next_hop == nullptr) {
      path.end = route == nullptr ? PathEnd::no_route : route->end;
      if (route != nullptr) path.tunnel = route->tunnel;
      return path;
    }
    address = route->next_hop->next;
    if (std::any_of(path.hops.begin(), path.hops.end(),
                    [&](const Hop& hop) { return hop.router == address; }))
      return tl::unexpected(route->next_hop);
    append(route->next_hop->link, route->channel, path);
  }
  return path;
}

/// The path to an address that no entry is responsible for: as in Honeyd, by the first entry, if it
/// has a route. Nothing: the address does not belong to this network.
std::optional<Path> walk_from_first_entry(const TopologySpec& plan, const Routers& routers,
                                          const IpPrefix& target) {
  if (plan.entries.empty() || target.length() == 0) return {};
  auto path = walk(routers, plan.entries.front().router, target);
  if (!path || (path->end == PathEnd::no_route && path->hops.size() == 1)) return {};
  return *std::move(path);
}

/// The links of the routes of `plan`, and each route's direction on its link.
std::pair<std::vector<Link>, std::vector<ChannelIndex>> gather_links(const TopologySpec& plan) {
  const auto low = [](const NextHopRoute& r) { return std::min(r.router, r.next); };
  const auto high = [](const NextHopRoute& r) { return std::max(r.router, r.next); };
  std::vector<std::size_t> order(plan.next_hops.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const NextHopRoute &one = plan.next_hops[a], &other = plan.next_hops[b];
    return std::pair(low(one), high(one)) < std::pair(low(other), high(other));
  });

  std::vector<Link> links;
  std::vector<ChannelIndex> channels(plan.next_hops.size());
  for (const std::size_t i : order) {
    const NextHopRoute& route = plan.next_hops[i];
    std::uint32_t parallel = 0;
    std::size_t at = links.size();
    for (; at > 0 && links[at - 1].low == low(route) && links[at - 1].high == high(route); --at) {
      if (links[at - 1].quality == route.link) break;
      ++parallel;
    }
    const bool is_known =
        at > 0 && links[at - 1].low == low(route) && links[at - 1].high == high(route);
    if (!is_known) {
      links.push_back({low(route), high(route), parallel, route.link});
      at = links.size();
    }
    channels[i] = {static_cast<std::uint32_t>(2 * (at - 1) + (route.router == low(route) ? 0 : 1))};
  }
  return {std::move(links), std::move(channels)};
}

}  // namespace

tl::expected<Topology, std::vector<RouteLoop>> Topology::build(const TopologySpec& plan) {
  auto [links, channels] = gather_links(plan);
  std::vector<TunnelEnds> tunnels = gather_tunnels(plan);
  const Routers routers = gather_routers(plan, channels, tunnels);
  PrefixTable<IpAddress> entries;
  for (const EntryRoute& entry : plan.entries) entries.add(entry.network, entry.router);
  entries.sort();

  std::vector<PrefixMap<Path>::Entry> paths;
  std::set<std::size_t> closing;
  for (const IpPrefix& target : deciding_prefixes(plan, routers)) {
    const IpAddress* const entry = entries.longest_prefix_match(target);
    if (entry == nullptr) {
      if (auto path = walk_from_first_entry(plan, routers, target))
        paths.emplace_back(target, *std::move(path));
      continue;
    }
    auto path = walk(routers, *entry, target);
    if (path) {
      paths.emplace_back(target, std::move(*path));
    } else {
      closing.insert(static_cast<std::size_t>(path.error() - plan.next_hops.data()));
    }
  }
  if (!closing.empty()) {
    std::vector<RouteLoop> loops;
    for (const std::size_t index : closing) loops.push_back({index});
    return tl::unexpected(std::move(loops));
  }

  Topology topology;
  for (const auto& [router, table] : routers) topology.routers_.push_back(router);
  topology.links_ = std::move(links);
  topology.tunnels_ = std::move(tunnels);
  topology.paths_ = PrefixMap<Path>(std::move(paths));
  return topology;
}

const Path* Topology::path_to(const IpAddress& address) const {
  return empty() ? &direct_ : paths_.find(address);
}

bool Topology::reaches_any(const IpAddress& first, const IpAddress& last) const {
  const auto reaches = [&](const IpAddress& address) {
    if (address < first || last < address) return false;
    const Path* const path = path_to(address);
    return path != nullptr && path->reaches();
  };
  if (reaches(first)) return true;
  // Paths change only where a prefix begins, and after one ends.
  for (const auto& [network, path] : paths_.entries()) {
    const std::uint32_t end = network.last().v4_value();
    if (reaches(network.first()) || (end != 0xffffffff && reaches(IpAddress::v4(end + 1))))
      return true;
  }
  return false;
}

bool Topology::leads(const IpPrefix& network, const IpAddress& router) const {
  const auto passes = [&](const Path* path) {
    return path != nullptr && std::any_of(path->hops.rbegin(), path->hops.rend(),
                                          [&](const Hop& hop) { return hop.router == router; });
  };
  if (passes(path_to(network.first()))) return true;
  const auto& entries = paths_.entries();  // sorted by prefix
  const auto first = std::lower_bound(
      entries.begin(), entries.end(), network,
      [](const auto& entry, const IpPrefix& prefix) { return entry.first < prefix; });
  for (auto entry = first; entry != entries.end() && covers(network, entry->first); ++entry)
    if (passes(&entry->second)) return true;
  return false;
}

bool Topology::is_router(const IpAddress& address) const {
  return std::binary_search(routers_.begin(), routers_.end(), address);
}

}  // namespace apiary
