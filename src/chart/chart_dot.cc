#include <fmt/format.h>

#include "chart/chart.h"

namespace apiary {
namespace {

constexpr std::string_view head = R"(digraph topology {{
  graph [rankdir=LR, nodesep=0.25, ranksep=1.0, pad=0.3, bgcolor=white, fontname="Helvetica",
         label=<{}>, labelloc=t, labeljust=l, fontsize=13, fontcolor="#444444"];
  node [shape=plain, fontname="Helvetica", fontsize=11];
  edge [color="#7a8794", fontname="Helvetica", fontsize=9, fontcolor="#555555", arrowsize=0.6];
)";

constexpr std::string_view outside =
    R"(  outside [shape=ellipse, style=filled, fillcolor="#eef1f4", color="#7a8794", label="outside"];
)";

// The most networks drawn per router; the rest is counted.
constexpr std::size_t max_rows = 6;

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else if (c == '&')
      result += "&amp;";
    else if (c == '"')
      result += "&quot;";
    else
      result += c;
  }
  return result;
}

std::string row(std::string_view left, std::string_view right, std::string_view colour) {
  return fmt::format(R"(<tr><td align="left"><font color="{0}">{1}</font></td>)"
                     R"(<td align="left"><font color="{0}">{2}</font></td></tr>)",
                     colour, escaped(left), escaped(right));
}

std::string in_grey(std::string_view text) {
  return fmt::format(R"(<font color="#8a949e">{}</font>)", escaped(text));
}

/// The number of links to a router, from outside or other routers, and the networks of the last.
struct LinksTo {
  std::size_t count = 0;
  std::vector<IpPrefix> networks{};
};

std::vector<LinksTo> links_to_routers(const Chart& chart) {
  std::vector<LinksTo> links(chart.routers.size());
  const auto add = [&](std::size_t to, const std::vector<IpPrefix>& networks) {
    ++links[to].count;
    links[to].networks = networks;
  };
  for (std::size_t i = 0; i < chart.routers.size(); ++i) {
    if (!chart.routers[i].entries.empty()) add(i, chart.routers[i].entries);
    for (const ChartLink& link : chart.routers[i].links)
      if (link.tunnel.empty()) add(link.to, link.networks);
  }
  return links;
}

/// A box with the router's address, its template, the networks of its link if there is one link,
/// and a line for each of its networks.
std::string router_node(std::size_t index, const ChartRouter& router, const LinksTo& links) {
  std::string rows;
  HostCounts rest;
  const std::size_t drawn =
      router.networks.size() <= max_rows + 1 ? router.networks.size() : max_rows;
  for (std::size_t i = 0; i < router.networks.size(); ++i) {
    const ChartNetwork& network = router.networks[i];
    if (i >= drawn)
      for (const auto& [template_name, count] : network.hosts) rest[template_name] += count;
    else if (!network.is_reached)
      rows += row(to_string(network.network), "unreachable", "#b03a2e");
    else
      rows += row(to_string(network.network), describe_hosts(network.hosts),
                  network.hosts.empty() ? "#8a949e" : "#1e6b3a");
  }
  if (drawn < router.networks.size())
    rows += row(fmt::format("… {} more", router.networks.size() - drawn), describe_hosts(rest),
                "#8a949e");
  std::string title;
  if (!router.template_name.empty())
    title = fmt::format(R"(<font color="#3b6ea5">{}</font> )", escaped(router.template_name));
  if (links.count == 1) title += in_grey("for " + describe_networks(links.networks));
  return fmt::format(
      R"(  r{} [label=<<table border="1" cellborder="0" cellspacing="0" cellpadding="3" )"
      R"(color="#3b6ea5" bgcolor="white" style="rounded"><tr><td align="left"><b>{}</b></td>)"
      R"(<td align="left">{}</td></tr>{}</table>>];)"
      "\n",
      index, to_string(router.address), title, rows);
}

/// An edge, labelled with the networks that it leads to if its end does not show them.
std::string edge(const std::string& from, const std::string& to, std::string_view quality,
                 const std::vector<IpPrefix>& networks, bool says_networks) {
  std::string label = escaped(quality);
  if (says_networks)
    label += (label.empty() ? "" : "<br/>") + in_grey("for " + describe_networks(networks));
  return fmt::format("  {}:e -> {}:w{};\n", from, to,
                     label.empty() ? "" : fmt::format(" [label=<  {}  >]", label));
}

}  // namespace

std::string chart_dot(const Chart& chart) {
  std::string text = fmt::format(head, escaped(chart.name)) + std::string(outside);
  if (chart.routers.empty())
    text += fmt::format("  directly [shape=box, style=rounded, label=<{}>];\n{}",
                        escaped(describe_hosts(chart.directly)),
                        edge("outside", "directly", "", {}, false));
  const std::vector<LinksTo> links = links_to_routers(chart);
  for (std::size_t i = 0; i < chart.routers.size(); ++i)
    text += router_node(i, chart.routers[i], links[i]);
  for (std::size_t i = 0; i < chart.routers.size(); ++i) {
    const ChartRouter& router = chart.routers[i];
    const std::string from = fmt::format("r{}", i);
    if (!router.entries.empty())
      text += edge("outside", from, "", router.entries, links[i].count > 1);
    for (std::size_t j = 0; j < router.links.size(); ++j) {
      const ChartLink& link = router.links[j];
      if (link.tunnel.empty()) {
        text += edge(from, fmt::format("r{}", link.to), link.quality, link.networks,
                     links[link.to].count > 1);
        continue;
      }
      const std::string end = fmt::format("t{}_{}", i, j);
      text += fmt::format("  {} [shape=cds, color=\"#8e6bb0\", label=<tunnel {}>];\n", end,
                          escaped(link.tunnel));
      text += edge(from, end, link.quality, link.networks, true);
    }
  }
  if (!chart.lost.empty())
    text += fmt::format(
        "  lost [shape=box, style=\"rounded,dashed\", color=\"#b03a2e\", fontcolor=\"#b03a2e\", "
        "label=<bound, but unreachable<br/>{}>];\n",
        escaped(describe_hosts(chart.lost)));
  return text + "}\n";
}

}  // namespace apiary
