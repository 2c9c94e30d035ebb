#include "setup/reverse_path_table.h"

#include <fmt/format.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

namespace apiary {
namespace {

/// Which link of the network an interface is on: the index of the interface at its root.
class LinkRoots {
 public:
  explicit LinkRoots(std::span<const SeenLink> links) {
    for (const SeenLink& link : links) by_index_.emplace(link.index, &link);
    for (const SeenLink& link : links) roots_.emplace(link.name, root_of(link));
  }

  /// Nothing when there is no such interface.
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
    constexpr int max_levels = 8;  // the kernel allows as many
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

bool is_of_main_table(const SeenRoute& route) {
  return route.table == RT_TABLE_MAIN || route.table == RT_TABLE_DEFAULT;
}

using Entry = PrefixMap<InterfaceBits>::Entry;

/// Leaves out what a wider prefix around it says as well. `entries` ascend, the wider one first.
std::vector<Entry> without_repetition(std::vector<Entry> entries) {
  std::vector<Entry> kept;
  std::vector<std::size_t> dependencies;  // of those kept, widest first
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
                                bool allow_asymmetric) {
  ReversePaths paths;
  const LinkRoots roots(links);
  std::map<int, InterfaceBits> of_root;
  for (std::size_t i = 0; i < interfaces.size(); ++i) {
    const auto root = roots.of(interfaces[i].name);
    const bool is_ethernet = interfaces[i].link_layer == LinkLayer::ethernet;
    const bool is_tunnel = !is_ethernet && !root;  // the kernel knows no interface of the kind
    paths.refuse_own.set(i, is_ethernet || is_tunnel);
    paths.are_strict.set(i, is_ethernet && !allow_asymmetric);
    if (root) of_root[*root].set(i);
  }

  struct Best {
    std::uint32_t table, metric;
    InterfaceBits by;
  };
  std::map<IpPrefix, Best> best;
  for (const SeenRoute& route : routes) {
    if (route.kind == SeenRoute::Kind::local) paths.own.add(route.destination);
    if (route.kind == SeenRoute::Kind::local || !is_of_main_table(route)) continue;
    InterfaceBits by;
    const auto root = roots.of(route.interface_name);
    if (route.kind == SeenRoute::Kind::other)
      by.set();  // it leads nowhere: not by another interface either
    else if (root && of_root.contains(*root))
      by = of_root[*root];
    const auto [entry, is_new] =
        best.try_emplace(route.destination, Best{route.table, route.metric, by});
    if (is_new) continue;
    // The main table is asked before the default one. Paths of one route have the same metric.
    const auto rank = [](std::uint32_t table, std::uint32_t metric) {
      return std::tuple(table != RT_TABLE_MAIN, metric);
    };
    Best& known = entry->second;
    if (rank(route.table, route.metric) < rank(known.table, known.metric))
      known = {route.table, route.metric, by};
    else if (rank(route.table, route.metric) == rank(known.table, known.metric))
      known.by |= by;
  }
  std::vector<Entry> entries;
  entries.reserve(best.size());
  for (const auto& [prefix, route] : best) entries.emplace_back(prefix, route.by);
  paths.routes = PrefixMap<InterfaceBits>(without_repetition(std::move(entries)));
  return paths;
}

std::vector<std::string> asymmetric_interfaces(std::span<const InterfaceSettings> interfaces,
                                               const ReversePaths& paths,
                                               std::span<const SeenRoute> routes) {
  std::vector<std::string> sentences;
  const auto is_default = [](const SeenRoute& route) {
    return is_of_main_table(route) && route.kind == SeenRoute::Kind::unicast &&
           route.destination.length() == 0;
  };
  const auto way_out = std::ranges::find_if(routes, is_default);
  const auto& entries = paths.routes.entries();
  if (way_out == routes.end() || entries.empty() || entries.front().first.length() != 0) return {};
  const InterfaceBits by = entries.front().second;  // of the default route
  for (std::size_t i = 0; i < interfaces.size(); ++i)
    if (paths.are_strict[i] && !by[i])
      sentences.push_back(fmt::format(
          "visitors from afar who come in by {0} get no answer: this machine's default route "
          "leaves "
          "by {1}, and so would what `proxy $ipsrc` sends them. Give it routes to them by {0}, or "
          "say --allow-asymmetric",
          interfaces[i].name, way_out->interface_name));
  return sentences;
}

}  // namespace apiary
