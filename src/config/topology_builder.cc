#include "config/topology_builder.h"

#include <fmt/format.h>

#include <algorithm>

namespace apiary {

void TopologyBuilder::apply(const RouteEntry& statement) {
  add_router(statement.router);
  const auto [first, is_new] = entries_.try_emplace(statement.network.value, statement.router);
  if (!is_new) {
    has_gaps_ = true;
    const std::string what = statement.network.value.length() == 0
                                 ? std::string{"every address"}
                                 : to_string(statement.network.value);
    diagnostics_.push_back({.place = statement.network.place,
                            .message = fmt::format("{} has an entry router already", what),
                            .notes = {{first->second.place, "its entry is here"}}});
    return;
  }
  plan_.entries.push_back({statement.router.value, statement.network.value});
  entry_origins_.push_back(
      {statement.router.value, statement.network.value, statement.router.place});
}

void TopologyBuilder::apply(const RouteLink& statement) {
  add_router(statement.router);
  if (!is_new_route(statement.router, statement.network)) return;
  plan_.direct.push_back({statement.router.value, statement.network.value});
  links_.push_back({statement.router.value, statement.network.value, statement.network.place});
}

void TopologyBuilder::apply(const RouteUnreach& statement) {
  add_router(statement.router);
  if (is_new_route(statement.router, statement.network))
    plan_.unreachable.push_back({statement.router.value, statement.network.value});
}

void TopologyBuilder::apply(const RouteTunnel& statement) {
  add_router(statement.router);
  if (!is_new_route(statement.router, statement.network)) return;
  plan_.tunnels.push_back(
      {statement.router.value, statement.network.value, statement.tunnel.value});
}

void TopologyBuilder::apply(const RouteNextHop& statement) {
  add_router(statement.router);
  if (statement.router.value == statement.next.value) {
    has_gaps_ = true;
    diagnostics_.push_back({.place = statement.next.place,
                            .message = fmt::format("router {} cannot be its own next router",
                                                   to_string(statement.next.value))});
    return;
  }
  add_router(statement.next);
  if (!is_new_route(statement.router, statement.network)) return;
  plan_.next_hops.push_back(
      {statement.router.value, statement.network.value, statement.next.value, statement.link});
  next_hop_places_.push_back(joined(statement.network.place, statement.next.place));
  note_parallel_link(statement);
}

void TopologyBuilder::add_router(const Located<IpAddress>& router) {
  if (known_routers_.insert(router.value).second) routers_.push_back(router);
}

bool TopologyBuilder::is_new_route(const Located<IpAddress>& router,
                                   const Located<IpPrefix>& network) {
  routers_with_routes_.insert(router.value);
  const auto [first, is_new] = routes_.try_emplace({router.value, network.value}, network.place);
  if (is_new) {
    route_origins_.push_back({router.value, network.value, network.place});
    return true;
  }
  has_gaps_ = true;
  diagnostics_.push_back({.place = network.place,
                          .message = fmt::format("router {} has a route to {} already",
                                                 to_string(router.value), to_string(network.value)),
                          .notes = {{first->second, "it is given here"}}});
  return false;
}

std::optional<Topology> TopologyBuilder::build() {
  if (has_gaps_) return Topology{};
  check_entries();
  if (plan_.entries.empty()) return Topology{};
  check_routers();
  check_links();

  auto topology = Topology::build(plan_);
  if (topology) {
    note_overlapping_entries();
    note_networks_outside_entries();
    warn_unused_routes(*topology);
    return *std::move(topology);
  }
  for (const RouteLoop& loop : topology.error())
    diagnostics_.push_back(
        {.place = next_hop_places_[loop.next_hop_route],
         .message = fmt::format("this route leads back to router {}: a routing loop",
                                to_string(plan_.next_hops[loop.next_hop_route].next))});
  return std::nullopt;
}

void TopologyBuilder::check_entries() {
  if (!plan_.entries.empty() || routers_.empty()) return;
  const Located<IpAddress>& first = routers_.front();
  diagnostics_.push_back(
      {.place = first.place,
       .message = "there are routes, but no router that packets enter by",
       .hint = fmt::format("name it, for example: route entry {}", to_string(first.value))});
}

void TopologyBuilder::check_routers() {
  const std::set<IpAddress> reached = reached_routers();
  for (const Located<IpAddress>& router : routers_) {
    if (!reached.contains(router.value)) {
      diagnostics_.push_back(
          {.place = router.place,
           .message = fmt::format("no entry leads to router {}", to_string(router.value)),
           .hint = fmt::format("add a route to it, for example: route {} add net NET {}",
                               to_string(plan_.entries.front().router), to_string(router.value))});
    } else if (!routers_with_routes_.contains(router.value)) {
      diagnostics_.push_back(
          {.severity = Severity::warning,
           .place = router.place,
           .message = fmt::format("router {} has no routes", to_string(router.value)),
           .hint = fmt::format("give it a network: route {} link NET", to_string(router.value))});
    }
  }
}

/// Warns of a router that is in none of its linked networks.
void TopologyBuilder::check_links() {
  for (const Located<IpAddress>& router : routers_) {
    const auto of_router = [&](const RouteOrigin& link) { return link.router == router.value; };
    const auto around = [&](const RouteOrigin& link) {
      return of_router(link) && link.network.contains(router.value);
    };
    const auto first = std::find_if(links_.begin(), links_.end(), of_router);
    if (first == links_.end() || std::any_of(links_.begin(), links_.end(), around)) continue;
    diagnostics_.push_back(
        {.severity = Severity::warning,
         .place = first->place,
         .message = fmt::format("router {} is outside the networks it is linked to",
                                to_string(router.value))});
  }
}

/// Reports two descriptions of what may be the same link.
void TopologyBuilder::note_parallel_link(const RouteNextHop& statement) {
  const auto ends = std::minmax(statement.router.value, statement.next.value);
  const auto [first, is_new] =
      first_links_.try_emplace(std::pair<IpAddress, IpAddress>(ends),
                               Located<LinkQuality>{statement.link, next_hop_places_.back()});
  if (is_new || first->second.value == statement.link) return;
  diagnostics_.push_back(
      {.severity = Severity::notice,
       .place = next_hop_places_.back(),
       .message = fmt::format("there are several links between routers {} and {}: this one has "
                              "other qualities than the first",
                              to_string(statement.router.value), to_string(statement.next.value)),
       .notes = {{first->second.place, "the first is described here"}}});
}

void TopologyBuilder::note_overlapping_entries() {
  for (const RouteOrigin& inner : entry_origins_) {
    const RouteOrigin* around = nullptr;
    for (const RouteOrigin& outer : entry_origins_)
      if (outer.network.length() < inner.network.length() &&
          outer.network.contains(inner.network.first()) &&
          (around == nullptr || around->network.length() < outer.network.length()))
        around = &outer;
    if (around == nullptr || around->router == inner.router) continue;
    diagnostics_.push_back(
        {.severity = Severity::notice,
         .place = inner.place,
         .message = fmt::format("packets for {} enter at router {}, those for the rest of {} at {}",
                                to_string(inner.network), to_string(inner.router),
                                to_string(around->network), to_string(around->router)),
         .notes = {{around->place, "that entry is here"}}});
  }
}

/// Reports networks that routes lead to but no entry covers: packets reach them through the first
/// entry router, as in Honeyd.
void TopologyBuilder::note_networks_outside_entries() {
  const RouteOrigin* first = nullptr;
  std::set<IpPrefix> outside;
  for (const RouteOrigin& route : route_origins_) {
    const bool is_named = std::ranges::any_of(plan_.entries, [&](const EntryRoute& entry) {
      return entry.network.length() <= route.network.length() &&
             entry.network.contains(route.network.first());
    });
    if (is_named || route.network.length() == 0) continue;
    if (first == nullptr) first = &route;
    outside.insert(route.network);
  }
  if (first == nullptr) return;
  const std::string router = to_string(plan_.entries.front().router);
  diagnostics_.push_back(
      {.severity = Severity::notice,
       .place = first->place,
       .message = fmt::format(
           "no entry names {}{}: packets for networks without an entry enter at the first router, "
           "{}",
           to_string(first->network),
           outside.size() == 1 ? "" : fmt::format(" and {} more", outside.size() - 1), router),
       .hint = fmt::format("name it, for example: route entry {} network {}", router,
                           to_string(first->network))});
}

/// Warns of routes to networks whose packets never reach their router.
void TopologyBuilder::warn_unused_routes(const Topology& topology) {
  const std::set<IpAddress> reached = reached_routers();  // others were reported
  for (const RouteOrigin& route : route_origins_) {
    if (!reached.contains(route.router) || topology.leads(route.network, route.router)) continue;
    const Path* const path = topology.path_to(route.network.first());
    const IpAddress entry = path != nullptr && !path->hops.empty() ? path->hops.front().router
                                                                   : plan_.entries.front().router;
    const std::string network = to_string(route.network);
    diagnostics_.push_back(
        {.severity = Severity::warning,
         .place = route.place,
         .message =
             fmt::format("no packet for {} reaches router {}", network, to_string(route.router)),
         .hint = entry == route.router
                     ? fmt::format("name it: route entry {} network {}", to_string(entry), network)
                     : fmt::format("route it there, for example: route {} add net {} {}",
                                   to_string(entry), network, to_string(route.router))});
  }
}

std::set<IpAddress> TopologyBuilder::reached_routers() const {
  std::multimap<IpAddress, IpAddress> next_of;
  for (const NextHopRoute& route : plan_.next_hops) next_of.emplace(route.router, route.next);
  std::set<IpAddress> reached;
  std::vector<IpAddress> waiting;
  for (const EntryRoute& entry : plan_.entries) waiting.push_back(entry.router);
  while (!waiting.empty()) {
    const IpAddress router = waiting.back();
    waiting.pop_back();
    if (!reached.insert(router).second) continue;
    const auto [first, last] = next_of.equal_range(router);
    for (auto next = first; next != last; ++next) waiting.push_back(next->second);
  }
  return reached;
}

}  // namespace apiary
