#include "setup/reverse_path_table.h"

#include <fmt/format.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <map>
#include <optional>

namespace apiary {
namespace {

/// Identifies the link of each interface by the index of the interface at its root.
class LinkRoots {
 public:
  explicit LinkRoots(std::span<const SeenLink> links) {
    for (const SeenLink& link : links) by_index_.emplace(link.index, &link);
    for (const SeenLink& link : links) roots_.emplace(link.name, root_of(link));
  }

  /// Nothing if there is no such interface.
  std::optional<int> of(const std::string& name) const {
    const auto found = roots_.find(name);
    return found == roots_.end() ? std::nullopt : std::optional{found->second};
  }

 private:
  const SeenLink* find(int index) const {
    const auto found = by_index_.find(index);
    return found == by_index_.end() ? nullptr : found->second;
  }
  /// The interface that shares the link of `link` and is nearer to the wire; nullptr: none.
  const SeenLink* below(const SeenLink& link) const {
    if (link.kind == "macvlan" || link.kind == "macvtap" || link.kind == "ipvlan" ||
        link.kind == "ipvtap")
      return find(link.lower);
    const SeenLink* const master = find(link.master);
    return master == nullptr || master->kind == "vrf" ? nullptr : master;
  }
  int root_of(const SeenLink& link) const {
    constexpr int max_levels = 8;  // the kernel's limit
    const SeenLink* at = &link;
    for (int level = 0; level < max_levels; ++level)
      if (const SeenLink* const next = below(*at))
        at = next;
      else
        break;
    return at->index;
  }

  std::map<int, const SeenLink*> by_index_;
  std::map<std::string, int> roots_;
};

/// The best route to a prefix: its metric and its interfaces. Paths of a multipath route have the
/// same metric.
struct Best {
  std::uint32_t metric;
  InterfaceBits by;
};
using RoutingTable = std::map<IpPrefix, Best>;

void add_route(RoutingTable& table, const SeenRoute& route, const InterfaceBits& by) {
  const auto [entry, is_new] = table.try_emplace(route.destination, Best{route.metric, by});
  Best& known = entry->second;
  if (is_new || route.metric > known.metric) return;
  if (route.metric < known.metric)
    known = {route.metric, by};
  else
    known.by |= by;
}

/// Whether the rule's table applies to packets that the machine sends.
bool is_asked(const SeenRule& rule) {
  return rule.is_for_own && rule.table != 0 && rule.table != RT_TABLE_LOCAL;
}

/// Whether the destination of a local route is the machine's own. In a table for certain packets
/// only, an address is (a VRF has such a table), but not a network: that takes packets for others,
/// such as the answers to a transparent proxy.
bool is_own(const SeenRoute& route, bool is_table_asked) {
  return route.table == RT_TABLE_LOCAL || is_table_asked || route.destination.length() == 32;
}

bool is_within(const IpPrefix& inner, const IpPrefix& outer) {
  return inner.length() >= outer.length() && outer.contains(inner.first());
}

/// Merges tables in the order of their rules: the first table with a route decides.
class JoinedTables {
 public:
  void add(const RoutingTable& table, const SeenRule& rule) {
    const std::vector<AddressRange> taken = table.empty() ? std::vector<AddressRange>{} : ranges();
    std::map<IpPrefix, InterfaceBits> added;  // wider prefixes first
    for (const auto& [prefix, best] : table) {
      if (prefix.length() < rule.shortest_length) continue;
      const IpPrefix part = is_within(rule.destination, prefix) ? rule.destination : prefix;
      if (is_within(part, rule.destination) && !are_covering(taken, part))
        added.insert_or_assign(part, best.by);
    }
    routes_.merge(added);
  }
  const std::map<IpPrefix, InterfaceBits>& routes() const { return routes_; }

 private:
  /// The addresses with a route, ascending.
  std::vector<AddressRange> ranges() const {
    std::vector<AddressRange> all;
    for (const auto& [prefix, by] : routes_) {
      if (!all.empty() && prefix.first().v4_value() <= all.back().last.v4_value())
        all.back().last = std::max(all.back().last, prefix.last());
      else
        all.push_back({prefix.first(), prefix.last()});
    }
    return all;
  }
  static bool are_covering(std::span<const AddressRange> ranges, const IpPrefix& prefix) {
    const auto next = std::ranges::upper_bound(ranges, prefix.first(), {}, &AddressRange::first);
    return next != ranges.begin() && std::prev(next)->last >= prefix.last();
  }

  std::map<IpPrefix, InterfaceBits> routes_;
};

using Entry = PrefixMap<InterfaceBits>::Entry;

/// Leaves out entries equal to the prefix that contains them. `entries` ascend, wider ones first.
std::vector<Entry> without_repetition(std::vector<Entry> entries) {
  std::vector<Entry> kept;
  std::vector<std::size_t> dependencies;  // indexes of kept entries, widest first
  for (Entry& entry : entries) {
    while (!dependencies.empty() && !kept[dependencies.back()].first.contains(entry.first.first()))
      dependencies.pop_back();
    if (!dependencies.empty() && kept[dependencies.back()].second == entry.second) continue;
    dependencies.push_back(kept.size());
    kept.push_back(std::move(entry));
  }
  return kept;
}

}  // namespace

ReversePaths make_reverse_paths(std::span<const InterfaceSettings> interfaces,
                                std::span<const SeenLink> links, std::span<const SeenRoute> routes,
                                std::span<const SeenRule> rules, bool allow_asymmetric) {
  ReversePaths paths;
  const LinkRoots roots(links);
  std::map<int, InterfaceBits> of_root;
  for (std::size_t i = 0; i < interfaces.size(); ++i) {
    const auto root = roots.of(interfaces[i].name);
    const bool is_ethernet = interfaces[i].link_layer == LinkLayer::ethernet;
    const bool is_tunnel = !is_ethernet && !root;  // the kernel has no such interface
    paths.refuse_own.set(i, is_ethernet || is_tunnel);
    paths.are_strict.set(i, is_ethernet && !allow_asymmetric);
    if (root) of_root[*root].set(i);
  }

  std::map<std::uint32_t, RoutingTable> tables;
  for (const SeenRule& rule : rules)
    if (is_asked(rule)) tables.try_emplace(rule.table);
  for (const SeenRoute& route : routes) {
    const auto table = tables.find(route.table);
    if (route.kind == SeenRoute::Kind::local) {
      if (is_own(route, table != tables.end())) paths.own.add(route.destination);
      continue;
    }
    if (table == tables.end()) continue;
    InterfaceBits by;
    const auto root = roots.of(route.interface_name);
    if (route.kind == SeenRoute::Kind::other)
      by.set();  // a route without interface: no interface is wrong
    else if (root && of_root.contains(*root))
      by = of_root[*root];
    add_route(table->second, route, by);
  }
  JoinedTables joined;
  for (const SeenRule& rule : rules)
    if (is_asked(rule)) joined.add(tables[rule.table], rule);
  std::vector<Entry> entries(joined.routes().begin(), joined.routes().end());
  paths.routes = PrefixMap<InterfaceBits>(without_repetition(std::move(entries)));
  return paths;
}

std::vector<std::string> asymmetric_interfaces(std::span<const InterfaceSettings> interfaces,
                                               const ReversePaths& paths,
                                               std::span<const SeenRoute> routes,
                                               std::span<const SeenRule> rules) {
  const SeenRoute* way_out = nullptr;
  for (const SeenRule& rule : rules)
    for (const SeenRoute& route : routes)
      if (way_out == nullptr && is_asked(rule) && rule.shortest_length == 0 &&
          rule.destination.length() == 0 && route.table == rule.table &&
          route.kind == SeenRoute::Kind::unicast && route.destination.length() == 0)
        way_out = &route;
  const auto& entries = paths.routes.entries();
  if (way_out == nullptr || entries.empty() || entries.front().first.length() != 0) return {};
  const InterfaceBits by = entries.front().second;  // the default route's
  std::vector<std::string> sentences;
  for (std::size_t i = 0; i < interfaces.size(); ++i)
    if (paths.are_strict[i] && !by[i])
      sentences.push_back(
          fmt::format("visitors from other networks get no answer on {0}: this machine's default "
                      "route uses {1}, and so would connections of `proxy $ipsrc` to them. Add "
                      "routes to them by {0}, or use --allow-asymmetric",
                      interfaces[i].name, way_out->interface_name));
  return sentences;
}

}  // namespace apiary
