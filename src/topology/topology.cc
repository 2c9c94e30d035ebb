#include "topology/topology.h"

#include <algorithm>
#include <map>
#include <set>

namespace apiary {
namespace {

/// Where a router sends what lies in a prefix: to the next router, straight to it, or nowhere.
struct Route {
  IpPrefix network;
  const NextHopRoute* next_hop = nullptr;  // null: directly reached, or not at all
  bool is_unreachable = false;
};

using RoutingTables = std::map<IpAddress, std::vector<Route>>;

RoutingTables routing_tables(const TopologyPlan& plan) {
  RoutingTables tables;
  for (const EntryRoute& entry : plan.entries) tables[entry.router];
  for (const DirectRoute& direct : plan.direct) tables[direct.router].push_back({direct.network});
  for (const UnreachableRoute& route : plan.unreachable)
    tables[route.router].push_back({route.network, nullptr, true});
  for (const NextHopRoute& route : plan.next_hops) {
    tables[route.router].push_back({route.network, &route});
    tables[route.next];
  }
  return tables;
}

/// Whether all of `inner` lies in `outer`.
bool covers(const IpPrefix& outer, const IpPrefix& inner) {
  return outer.length() <= inner.length() && outer.contains(inner.first());
}

/// Every prefix at which some router decides. Between two of them all addresses go one way.
std::set<IpPrefix> deciding_prefixes(const TopologyPlan& plan, const RoutingTables& tables) {
  std::set<IpPrefix> prefixes;
  for (const EntryRoute& entry : plan.entries) prefixes.insert(entry.network);
  for (const auto& [router, routes] : tables) {
    prefixes.insert(IpPrefix{router, 32});
    for (const Route& route : routes) prefixes.insert(route.network);
  }
  return prefixes;
}

/// The longest network in `routes` around all of `target`; of equal ones the later.
template <class Routes>
const typename Routes::value_type* longest_match(const Routes& routes, const IpPrefix& target) {
  const typename Routes::value_type* best = nullptr;
  for (const auto& route : routes)
    if (covers(route.network, target) &&
        (best == nullptr || route.network.length() >= best->network.length()))
      best = &route;
  return best;
}

/// Walks from `entry` towards `target`. A loop is reported as the route that closes it.
tl::expected<Path, const NextHopRoute*> walk(const RoutingTables& tables, const IpAddress& entry,
                                             const IpPrefix& target) {
  Path path;
  IpAddress router = entry;
  std::set<IpAddress> seen;
  while (IpPrefix{router, 32} != target) {
    seen.insert(router);
    path.hops.push_back({router, path.latency, path.loss, path.hops.size()});
    const Route* const route = longest_match(tables.at(router), target);
    if (route == nullptr || route->is_unreachable) {
      path.reaches = false;
      return path;
    }
    if (route->next_hop == nullptr) return path;
    router = route->next_hop->next;
    if (seen.contains(router)) return tl::unexpected(route->next_hop);
    path.latency += route->next_hop->link.latency;
    path.loss = either(path.loss, route->next_hop->link.loss);
  }
  return path;
}

}  // namespace

tl::expected<Topology, std::vector<RouteLoop>> Topology::build(const TopologyPlan& plan) {
  const RoutingTables tables = routing_tables(plan);
  std::vector<PrefixMap<Path>::Entry> paths;
  std::set<std::size_t> closing;
  for (const IpPrefix& target : deciding_prefixes(plan, tables)) {
    const EntryRoute* const entry = longest_match(plan.entries, target);
    if (entry == nullptr) continue;
    auto path = walk(tables, entry->router, target);
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
  for (const auto& [router, routes] : tables) topology.routers_.push_back(router);
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
    return path != nullptr && path->reaches;
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

bool Topology::is_router(const IpAddress& address) const {
  return std::binary_search(routers_.begin(), routers_.end(), address);
}

}  // namespace apiary
