/// chart/: draws a topology as text for a terminal and as a graph for Graphviz. It draws
/// statements: routers, the networks behind them, the hosts bound there. It reads no files and
/// computes no paths.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "config/source_text.h"
#include "config/statement.h"
#include "honeynet/honeynet.h"

namespace apiary {

/// The number of hosts, by name of their template.
using HostCounts = std::map<std::string, std::uint64_t>;

/// A network that a router reaches, or reports as unreachable.
struct ChartNetwork {
  IpPrefix network;
  bool is_reached = true;
  HostCounts hosts{};
};

/// A link from a router to the next one, or a tunnel to another site.
struct ChartLink {
  std::size_t to = 0;              // index of Chart::routers; unused for a tunnel
  std::vector<IpPrefix> networks;  // that it leads to
  std::string quality{};           // "55ms, loss 0.1%"; empty: a perfect link
  std::string tunnel{};            // "192.0.2.1 to 198.51.100.1"; empty: none
};

struct ChartRouter {
  IpAddress address;
  std::string template_name{};      // the template bound there; empty: a plain router
  std::vector<IpPrefix> entries{};  // networks that it is the entry router of
  std::vector<ChartNetwork> networks{};
  std::vector<ChartLink> links{};
};

/// A drawing of a topology.
struct Chart {
  std::string name;  // of the configuration
  std::vector<ChartRouter> routers;
  HostCounts directly;  // hosts of a honeynet without routers
  HostCounts lost;      // hosts bound at addresses without a route
  std::string others;   // the template of unbound addresses; empty: none
};

/// `statements` are those of `source`; `honeynet` is built from them.
Chart make_chart(const std::vector<Statement>& statements, const SourceText& source,
                 const Honeynet& honeynet);

/// The qualities of a link, for people: "55ms, loss 0.1%".
std::string link_quality(const Statement& next_hop, const SourceText& source);

/// "3 hosts: 2 netbsd, 1 linux"; names at most three templates, those with most hosts.
std::string describe_hosts(const HostCounts& hosts);
std::uint64_t total(const HostCounts& hosts);

/// "10.0.0.0/8, 10.1.0.0/16"; lists at most four and counts the rest. "everything" for 0.0.0.0/0.
std::string describe_networks(const std::vector<IpPrefix>& networks);

/// The most networks and next routers that are drawn per router; the rest is counted.
struct ChartFolding {
  std::size_t networks = 8;
  std::size_t routers = 16;
};
inline constexpr ChartFolding unfolded{SIZE_MAX, SIZE_MAX};

/// The chart as a tree with a line for each router and each network.
std::string chart_text(const Chart& chart, const ChartFolding& folding = {});
/// The chart in the language of Graphviz.
std::string chart_dot(const Chart& chart);

}  // namespace apiary
