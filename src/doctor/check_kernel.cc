#include <fmt/format.h>

#include <algorithm>

#include "device/ingress_filter.h"
#include "device/netlink.h"
#include "doctor/checks.h"

namespace apiary {
namespace {

bool overlaps(const AddressSet& set, const IpPrefix& prefix) {
  return std::ranges::any_of(set.ranges(), [&](const AddressRange& range) {
    return prefix.first() <= range.last && range.first <= prefix.last();
  });
}

/// Local routes to whole networks: the kernel answers there with resets and echo replies, and the
/// daemon does not claim them. A local route to a single address belongs to an address of the
/// machine.
void check_local_routes(const SystemSnapshot& s, Findings& findings) {
  std::string commands, networks;
  for (const SeenRoute& route : s.routes) {
    if (route.kind != SeenRoute::Kind::local || route.destination.length() == 32 ||
        !overlaps(s.request.wanted, route.destination))
      continue;
    commands +=
        fmt::format("{}ip route delete local {} dev {} table {}", commands.empty() ? "" : " && ",
                    to_string(route.destination), route.interface_name, route.table);
    networks += (networks.empty() ? "" : ", ") + to_string(route.destination);
  }
  if (!commands.empty())
    findings.push_back({"kernel answers", CheckStatus::fail,
                        fmt::format("a local route makes {} this machine's own: the kernel answers "
                                    "there with resets and echo replies, and apiary does not",
                                    networks),
                        commands});
}

/// A routing rule that precedes ours and whose table has routes to claimed addresses.
const SeenRule* rule_before_ours(const SystemSnapshot& s) {
  for (const SeenRule& rule : s.rules) {
    if (rule.priority == 0 || rule.priority > our_rule_priority || rule.is_ours) continue;
    for (const SeenRoute& route : s.routes)
      if (route.table == rule.table && route.kind == SeenRoute::Kind::unicast &&
          overlaps(s.request.claimed, route.destination))
        return &rule;
  }
  return nullptr;
}

/// The chain of a running daemon that drops packets for honeypots; nullptr: none.
const FirewallChain* chain_of_ours(const SystemSnapshot& s) {
  for (const Firewall& firewall : s.firewalls)
    for (const FirewallChain& chain : firewall.chains)
      if (chain.family == "netdev" && chain.hook == "ingress" && chain.name == s.interface.name &&
          chain.table.starts_with(nft_table_prefix))
        return &chain;
  return nullptr;
}

/// Checks whether packets for honeypots can be dropped before the kernel's IP layer. Otherwise the
/// kernel parses their options before it looks up a route, and sends ICMP errors about them.
void check_ingress_filter(const SystemSnapshot& s, Findings& findings) {
  if (!s.no_ingress_filter.empty()) {
    findings.push_back(
        {"kernel answers", CheckStatus::warn,
         fmt::format("the kernel answers malformed IP options sent to honeypots, from this "
                     "machine's own address, because nftables is not usable: {}",
                     s.no_ingress_filter),
         s.rights.routing ? "modprobe -a nf_tables nft_fib_netdev" : ""});
  } else if (const FirewallChain* const chain = chain_of_ours(s)) {
    findings.push_back({"kernel answers", CheckStatus::ok,
                        fmt::format("a running apiary drops packets for honeypots before the "
                                    "kernel reads them (nft list table netdev {})",
                                    chain->table)});
  } else {
    findings.push_back({"kernel answers", CheckStatus::ok,
                        "while it runs, apiary drops packets for honeypots before the kernel reads "
                        "them, with nftables"});
  }
}

void check_forwarding(const SystemSnapshot& s, Findings& findings) {
  if (!s.forwards) {
    findings.push_back({"forwarding", CheckStatus::ok,
                        "the kernel forwards nothing: it silently drops packets for honeypots"});
    return;
  }
  if (s.no_ingress_filter.empty()) {
    findings.push_back({"forwarding", CheckStatus::ok,
                        "the kernel forwards, but not to honeypots: while it runs, apiary drops "
                        "packets for them before the kernel's IP layer"});
    return;
  }
  if (!s.rights.routing) {
    findings.push_back(
        {"forwarding", CheckStatus::fail,
         "the kernel forwards, and apiary cannot keep packets for honeypots from it "
         "without CAP_NET_ADMIN: it passes them on, or answers them with ICMP errors"});
    return;
  }
  if (const SeenRule* const rule = rule_before_ours(s)) {
    findings.push_back(
        {"forwarding", CheckStatus::fail,
         fmt::format("the kernel forwards, and its routing rule {} (table {}) precedes apiary's: "
                     "the kernel forwards packets for honeypots, or answers them with ICMP errors",
                     rule->priority, rule->table),
         fmt::format(
             "ip rule add priority {0} lookup {1} && ip rule delete priority {2} lookup {1}",
             our_rule_priority + 1000, rule->table, rule->priority)});
    return;
  }
  findings.push_back({"forwarding", CheckStatus::ok,
                      "the kernel forwards, but not to honeypots: while it runs, apiary has black "
                      "hole routes for them"});
}

void check_tun_forwarding(const SystemSnapshot& s, Findings& findings) {
  if (s.forwards)
    findings.push_back({"forwarding", CheckStatus::ok,
                        "the kernel forwards between its interfaces and " + s.interface.name});
  else
    findings.push_back({"forwarding", CheckStatus::fail,
                        "the kernel forwards nothing: only this machine itself can reach honeypots "
                        "behind a tun interface",
                        "sysctl -w net.ipv4.ip_forward=1"});
}

/// Checks rp_filter. With a tun interface it drops packets of routers outside the claim, since no
/// route leads back to them.
void check_reverse_path(const SystemSnapshot& s, Findings& findings) {
  if (!s.interface.is_tun && !s.refused_visitors.empty() && !s.request.allows_asymmetric) {
    findings.push_back(
        {"reverse path", CheckStatus::warn, s.refused_visitors,
         doctor_command(s.request, s.interface.name, s.request.nets) + " --allow-asymmetric"});
    return;
  }
  if (!s.interface.is_tun) {
    findings.push_back(
        {"reverse path", CheckStatus::ok,
         "rp_filter does not matter here: apiary receives packets before it applies"});
    return;
  }
  const auto outside = std::ranges::find_if(s.request.routers, [&](const IpAddress& router) {
    return !s.request.claimed.contains(router);
  });
  if (s.reverse_path == 1 && outside != s.request.routers.end())
    findings.push_back({"reverse path", CheckStatus::warn,
                        fmt::format("rp_filter drops packets of router {}, whose address is not "
                                    "among the NETs: traceroute shows gaps",
                                    to_string(*outside)),
                        "sysctl -w net.ipv4.conf.all.rp_filter=2"});
  else
    findings.push_back({"reverse path", CheckStatus::ok,
                        s.reverse_path == 1
                            ? "rp_filter is strict, and all packets of honeypots pass it"
                            : "rp_filter lets packets of honeypots pass"});
}

}  // namespace

void check_kernel(const SystemSnapshot& s, Findings& findings) {
  check_local_routes(s, findings);
  if (s.request.claimed.empty()) return;
  if (s.interface.is_tun) {
    check_tun_forwarding(s, findings);
  } else {
    check_ingress_filter(s, findings);
    check_forwarding(s, findings);
  }
  check_reverse_path(s, findings);
}

}  // namespace apiary
