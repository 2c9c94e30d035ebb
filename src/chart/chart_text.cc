#include <fmt/format.h>

#include <algorithm>

#include "base/counted.h"
#include "chart/chart.h"

namespace apiary {
namespace {

/// Writes a chart as a tree.
class TreeWriter {
 public:
  TreeWriter(const Chart& chart, const ChartFolding& folding)
      : chart_(chart), folding_(folding), is_drawn_(chart.routers.size()) {}

  std::string write() {
    const HostCounts bound = all_hosts();
    text_ = fmt::format("{}: {}, {}\n", chart_.name, counted(chart_.routers.size(), "router"),
                        counted(total(bound), "host"));
    if (chart_.routers.empty())
      text_ += fmt::format("\noutside\n└── no routers; {}\n", describe_hosts(chart_.directly));
    else
      write_entries();
    if (!chart_.others.empty())
      text_ += fmt::format("\nat every other reachable address\n└── {}\n", chart_.others);
    if (!chart_.lost.empty())
      text_ += fmt::format("\nbound, but unreachable\n└── {}\n", describe_hosts(chart_.lost));
    return std::move(text_);
  }

 private:
  HostCounts all_hosts() const {
    HostCounts all = chart_.directly;
    const auto join = [&](const HostCounts& more) {
      for (const auto& [template_name, count] : more) all[template_name] += count;
    };
    join(chart_.lost);
    for (const ChartRouter& router : chart_.routers)
      for (const ChartNetwork& network : router.networks) join(network.hosts);
    return all;
  }

  void write_entries() {
    std::vector<std::size_t> entries;
    for (std::size_t i = 0; i < chart_.routers.size(); ++i)
      if (!chart_.routers[i].entries.empty()) entries.push_back(i);
    if (entries.empty()) return;
    text_ += "\noutside\n";
    for (const std::size_t entry : entries)
      write_router(entry, "", entry == entries.back(), "",
                   "entry for " + describe_networks(chart_.routers[entry].entries));
  }

  void write_line(const std::string& indent, bool is_last, std::string_view quality,
                  std::string_view what) {
    const std::string label = quality.empty() ? "" : fmt::format(" {} ──", quality);
    text_ += fmt::format("{}{}──{} {}\n", indent, is_last ? "└" : "├", label, what);
  }

  void write_router(std::size_t index, const std::string& indent, bool is_last,
                    std::string_view quality, std::string_view purpose) {
    const ChartRouter& router = chart_.routers[index];
    const std::string what = fmt::format(
        "{}{}{}{}{}", to_string(router.address), router.template_name.empty() ? "" : " ",
        router.template_name, purpose.empty() ? "" : ", ", purpose);
    if (is_drawn_[index]) return write_line(indent, is_last, quality, what + " (above)");
    is_drawn_[index] = true;
    write_line(indent, is_last, quality, what);
    write_children(router, indent + (is_last ? "    " : "│   "));
  }

  void write_children(const ChartRouter& router, const std::string& indent) {
    const std::size_t networks = shown(router.networks.size(), folding_.networks);
    const std::size_t links = shown(router.links.size(), folding_.routers);
    const bool folds_networks = networks < router.networks.size();
    const bool folds_links = links < router.links.size();
    std::size_t left = networks + (folds_networks ? 1 : 0) + links + (folds_links ? 1 : 0);
    for (std::size_t i = 0; i < networks; ++i)
      write_line(indent, --left == 0, "", describe(router.networks[i]));
    if (folds_networks) write_line(indent, --left == 0, "", describe_rest(router, networks));
    for (std::size_t i = 0; i < links; ++i) write_link(router.links[i], indent, --left == 0);
    if (folds_links) write_line(indent, true, "", describe_rest_of_links(router, links));
  }

  /// The number of entries to draw; never folds a single one.
  static std::size_t shown(std::size_t size, std::size_t most) {
    return size <= most || size - most == 1 ? size : most;
  }

  static std::string describe(const ChartNetwork& network) {
    return fmt::format("{}  {}", to_string(network.network),
                       network.is_reached ? describe_hosts(network.hosts) : "unreachable");
  }

  static std::string describe_rest(const ChartRouter& router, std::size_t from) {
    HostCounts hosts;
    for (std::size_t i = from; i < router.networks.size(); ++i)
      for (const auto& [template_name, count] : router.networks[i].hosts)
        hosts[template_name] += count;
    return fmt::format("… {}, {}", counted(router.networks.size() - from, "more network"),
                       describe_hosts(hosts));
  }

  void write_link(const ChartLink& link, const std::string& indent, bool is_last) {
    if (link.tunnel.empty())
      write_router(link.to, indent, is_last, link.quality,
                   "for " + describe_networks(link.networks));
    else
      write_line(indent, is_last, link.quality,
                 fmt::format("tunnel {}, for {}", link.tunnel, describe_networks(link.networks)));
  }

  struct Below {
    std::uint64_t routers = 0, hosts = 0;
  };
  void count_below(std::size_t index, std::vector<bool>& seen, Below& below) const {
    if (seen[index]) return;
    seen[index] = true;
    ++below.routers;
    const ChartRouter& router = chart_.routers[index];
    for (const ChartNetwork& network : router.networks) below.hosts += total(network.hosts);
    for (const ChartLink& link : router.links)
      if (link.tunnel.empty()) count_below(link.to, seen, below);
  }

  std::string describe_rest_of_links(const ChartRouter& router, std::size_t from) {
    Below below;
    std::vector<bool> seen = is_drawn_;
    for (std::size_t i = from; i < router.links.size(); ++i)
      if (router.links[i].tunnel.empty()) count_below(router.links[i].to, seen, below);
    return fmt::format("… {}, behind them {} and {} (--all shows them)",
                       counted(router.links.size() - from, "more link"),
                       counted(below.routers, "router"), counted(below.hosts, "host"));
  }

  const Chart& chart_;
  const ChartFolding& folding_;
  std::vector<bool> is_drawn_;
  std::string text_;
};

}  // namespace

std::string chart_text(const Chart& chart, const ChartFolding& folding) {
  return TreeWriter(chart, folding).write();
}

}  // namespace apiary
