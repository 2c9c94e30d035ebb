#include "chart/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/counted.h"
#include "config/statement_printer.h"

namespace apiary {
namespace {

/// Builds a chart statement by statement.
class ChartMaker {
 public:
  ChartMaker(const SourceText& source, const Honeynet& honeynet)
      : source_(source), honeynet_(honeynet) {
    chart_.name = source.name();
    if (const HostTemplatePtr& other = honeynet.parts().default_template)
      chart_.others = other->name;
  }

  void add(const Statement& statement) {
    if (const auto* entry = std::get_if<RouteEntry>(&statement.content))
      router(entry->router.value).entries.push_back(entry->network.value);
    if (const auto* direct = std::get_if<RouteLink>(&statement.content))
      router(direct->router.value).networks.push_back({direct->network.value});
    if (const auto* none = std::get_if<RouteUnreach>(&statement.content))
      router(none->router.value).networks.push_back({none->network.value, false});
    if (const auto* next = std::get_if<RouteNextHop>(&statement.content))
      add_link(next->router.value, next->network.value,
               {.to = index_of(next->next.value), .quality = link_quality(statement, source_)});
    if (const auto* tunnel = std::get_if<RouteTunnel>(&statement.content))
      add_link(tunnel->router.value, tunnel->network.value,
               {.tunnel = fmt::format("{} to {}", to_string(tunnel->tunnel.value.local),
                                      to_string(tunnel->tunnel.value.remote))});
    if (const auto* bind = std::get_if<BindAddress>(&statement.content)) {
      mark(bind->addresses.value.first);
      mark_after(bind->addresses.value.last);
    }
    if (const auto* bind = std::get_if<BindConditionally>(&statement.content)) {
      mark(bind->address.value);
      mark_after(bind->address.value);
    }
  }

  Chart finish() {
    for (ChartRouter& each : chart_.routers) {
      mark(each.address);
      mark_after(each.address);
      const HostTemplatePtr* const host_template = honeynet_.find_host(each.address);
      if (host_template != nullptr && *host_template != honeynet_.parts().router_template)
        each.template_name = (*host_template)->name;
      for (const ChartNetwork& network : each.networks) mark_network(network.network);
      for (const ChartLink& link : each.links)
        for (const IpPrefix& network : link.networks) mark_network(network);
      for (const IpPrefix& network : each.entries) mark_network(network);
    }
    for (auto at = marks_.begin(); at != marks_.end(); ++at) {
      const auto next = std::next(at);
      count_hosts(*at, next == marks_.end() ? std::uint64_t{1} << 32 : *next);
    }
    return std::move(chart_);
  }

 private:
  std::size_t index_of(const IpAddress& address) {
    const auto [place, is_new] = indexes_.try_emplace(address, chart_.routers.size());
    if (is_new) chart_.routers.push_back({.address = address});
    return place->second;
  }
  ChartRouter& router(const IpAddress& address) { return chart_.routers[index_of(address)]; }

  /// Merges routes with the same next router and quality into one link.
  void add_link(const IpAddress& from, const IpPrefix& network, ChartLink link) {
    auto& links = router(from).links;
    const auto same = std::ranges::find_if(links, [&](const ChartLink& other) {
      return other.to == link.to && other.quality == link.quality && other.tunnel == link.tunnel;
    });
    ChartLink& chosen = same == links.end() ? links.emplace_back(std::move(link)) : *same;
    chosen.networks.push_back(network);
  }

  // Between two marks, all addresses have the same template and path.
  void mark(const IpAddress& address) { marks_.insert(address.v4_value()); }
  void mark_after(const IpAddress& address) {
    if (!address.is_broadcast()) marks_.insert(address.v4_value() + 1);
  }
  void mark_network(const IpPrefix& network) {
    mark(network.first());
    mark_after(network.last());
  }

  void count_hosts(std::uint64_t first, std::uint64_t end) {
    const IpAddress address = IpAddress::v4(static_cast<std::uint32_t>(first));
    const HostMap& hosts = honeynet_.parts().hosts;
    const HostTemplatePtr* host_template = hosts.find_single(address);
    if (host_template == nullptr) host_template = hosts.find_range(address);
    if (host_template == nullptr || indexes_.contains(address)) return;
    counts_at(address)[(*host_template)->name] += end - first;
  }

  /// The counts that include a host at `address`.
  HostCounts& counts_at(const IpAddress& address) {
    if (chart_.routers.empty()) return chart_.directly;
    const Path* const path = honeynet_.topology().path_to(address);
    if (path == nullptr || !path->reaches() || path->hops.empty()) return chart_.lost;
    ChartNetwork* best = nullptr;
    for (ChartNetwork& each : router(path->hops.back().router).networks)
      if (each.network.contains(address) &&
          (best == nullptr || each.network.length() >= best->network.length()))
        best = &each;
    return best == nullptr || !best->is_reached ? chart_.lost : best->hosts;
  }

  const SourceText& source_;
  const Honeynet& honeynet_;
  Chart chart_;
  std::map<IpAddress, std::size_t> indexes_;
  std::set<std::uint32_t> marks_;
};

bool has_digit(std::string_view word) {
  return word.find_first_of("0123456789") != std::string_view::npos;
}

}  // namespace

Chart make_chart(const std::vector<Statement>& statements, const SourceText& source,
                 const Honeynet& honeynet) {
  ChartMaker maker(source, honeynet);
  for (const Statement& statement : statements) maker.add(statement);
  return maker.finish();
}

std::string link_quality(const Statement& next_hop, const SourceText& source) {
  constexpr int words_before = 6;  // route ROUTER add net NET NEXT
  const std::string text = format_statement(next_hop, source);
  std::string quality;
  std::string_view attribute, before;  // the attribute of a value, and the previous word
  int number = 0;
  for (std::size_t at = 0; at < text.size(); ++number) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string_view word = std::string_view(text).substr(at, end - at);
    at = end + 1;
    if (number < words_before) continue;
    const bool begins_anew =
        !has_digit(word) && word != "-" && (before.empty() || has_digit(before));
    if (begins_anew) attribute = word;
    if (begins_anew && !quality.empty()) quality += ',';
    const bool is_said = attribute != "latency" || word != attribute;
    if (is_said && !quality.empty()) quality += ' ';
    if (is_said) quality += word;
    const bool is_percentage =
        attribute == "loss" || attribute == "reorder" || attribute == "duplicate";
    if (is_percentage && has_digit(word) && !word.ends_with('%')) quality += '%';
    before = word;
  }
  return quality;
}

std::uint64_t total(const HostCounts& hosts) {
  std::uint64_t sum = 0;
  for (const auto& [template_name, count] : hosts) sum += count;
  return sum;
}

std::string describe_hosts(const HostCounts& hosts) {
  constexpr std::size_t max_named_templates = 3;
  if (hosts.empty()) return "no hosts";
  std::vector<std::pair<std::uint64_t, std::string>> counts;
  for (const auto& [template_name, count] : hosts) counts.emplace_back(count, template_name);
  std::ranges::stable_sort(counts, [](const auto& a, const auto& b) { return a.first > b.first; });
  std::string text = counted(total(hosts), "host") + ": ";
  if (counts.size() == 1) return text + counts.front().second;
  for (std::size_t i = 0; i < std::min(counts.size(), max_named_templates); ++i)
    text += fmt::format("{}{} {}", i == 0 ? "" : ", ", counts[i].first, counts[i].second);
  if (counts.size() > max_named_templates)
    text += fmt::format(" and {} of other kinds",
                        total(hosts) - counts[0].first - counts[1].first - counts[2].first);
  return text;
}

std::string describe_networks(const std::vector<IpPrefix>& networks) {
  constexpr std::size_t most = 4;
  std::string text;
  for (std::size_t i = 0; i < std::min(networks.size(), most); ++i)
    text += fmt::format("{}{}", i == 0 ? "" : ", ",
                        networks[i].length() == 0 ? "everything" : to_string(networks[i]));
  if (networks.size() > most) text += fmt::format(" and {} more", networks.size() - most);
  return text;
}

}  // namespace apiary
