#include <fmt/format.h>

#include <algorithm>

#include "base/counted.h"
#include "doctor/checks.h"

namespace apiary {
namespace {

/// The commands that give a router its routes; at most the first few.
std::string route_commands(const std::vector<IpPrefix>& networks, const std::string& next) {
  constexpr std::size_t max_shown = 8;
  std::string commands;
  for (std::size_t i = 0; i < std::min(networks.size(), max_shown); ++i)
    commands +=
        fmt::format("{}ip route replace {} {}", i == 0 ? "" : " && ", to_string(networks[i]), next);
  return commands;
}

std::string described(const std::vector<IpPrefix>& networks) {
  return networks.size() == 1
             ? to_string(networks.front())
             : fmt::format("{} and {} more", to_string(networks.front()), networks.size() - 1);
}

void check_routed(const SystemSnapshot& s, Findings& findings) {
  if (s.routed.empty() || !s.link.was_probed) return;
  const std::vector<IpPrefix> networks = s.routed.prefixes();
  if (!s.address) {
    findings.push_back({"route", CheckStatus::warn,
                        fmt::format("{} has no IPv4 address that a router could send {} to: the "
                                    "router needs a route to the link itself",
                                    s.interface.name, described(networks)),
                        route_commands(networks, "dev LINK"), "the router"});
    return;
  }
  const std::string here = "via " + to_string(*s.address);
  if (s.link.routers.empty()) {
    findings.push_back(
        {"route", CheckStatus::warn,
         fmt::format("{} are not on a network of {}, so a router must send them here; this machine "
                     "has no route through a router there to test it",
                     described(networks), s.interface.name),
         route_commands(networks, here), "the visitors' router"});
    return;
  }
  const auto works = std::ranges::find_if(s.link.routers, [](const RouterProbe& probe) {
    return probe.missed.empty() && probe.is_there;
  });
  if (works != s.link.routers.end()) {
    findings.push_back({"route", CheckStatus::ok,
                        fmt::format("router {} sends {} here: a probe through it came back",
                                    to_string(works->router), described(networks))});
    return;
  }
  const RouterProbe& router = s.link.routers.front();
  if (!router.is_there)
    findings.push_back(
        {"route", CheckStatus::fail,
         fmt::format("router {} does not answer ARP on {}: wrong network, a firewall, "
                     "or it is down",
                     to_string(router.router), s.interface.name)});
  else
    findings.push_back({"route", CheckStatus::fail,
                        fmt::format("router {} does not send {} here: a probe through it did not "
                                    "come back",
                                    to_string(router.router), described(router.missed)),
                        route_commands(router.missed, here), "router " + to_string(router.router)});
}

void check_on_link(const SystemSnapshot& s, Findings& findings) {
  if (s.on_link.empty()) return;
  findings.push_back({"ARP", CheckStatus::ok,
                      fmt::format("neighbours on {} find {} by ARP, which apiary answers; no route "
                                  "is needed",
                                  s.interface.name,
                                  s.on_link.size() == 1 ? to_string(s.on_link)
                                                        : counted(s.on_link.size(), "address"))});
}

/// Where a hypervisor lets a virtual machine have several MAC addresses.
std::string on_hypervisor(const std::string& hypervisor) {
  if (hypervisor == "VMware")
    return "on the port group, accept promiscuous mode and forged transmits";
  if (hypervisor == "VirtualBox") return "set the adapter's promiscuous mode to Allow All";
  if (hypervisor == "Hyper-V") return "enable MAC address spoofing on the adapter";
  if (hypervisor == "KVM")
    return "in libvirt, remove the filterref and set trustGuestRxFilters; on a bridge, enable "
           "learning and flooding on the port";
  if (hypervisor == "a cloud")
    return "clouds deliver to one MAC address: route a prefix to this machine instead";
  return "on the virtual switch, allow MAC addresses other than the port's own";
}

/// The command that replaces a macvlan by one in mode passthru, which receives all frames.
std::string passthru_commands(const SystemSnapshot& s) {
  const InterfaceView& interface = s.interface;
  std::string commands = fmt::format(
      "ip link delete {0} && ip link add link {1} name {0} type macvlan mode passthru && ip link "
      "set {0} up",
      interface.name, interface.lower);
  for (const OwnAddress& own : s.own_addresses)
    if (own.interface == interface.name)
      commands += fmt::format(" && ip address add {}/{} dev {}", to_string(own.address), own.length,
                              interface.name);
  for (const SeenRoute& route : s.routes)
    if (route.destination.length() == 0 && route.gateway && route.interface_name == interface.name)
      commands += " && ip route replace default via " + to_string(*route.gateway);
  return commands;
}

/// Checks whether switches forward frames for MAC addresses other than the interface's.
void check_foreign_macs(const SystemSnapshot& s, Findings& findings) {
  if (!s.link.was_probed || s.interface.is_wireless) return;
  if (!s.request.has_own_macs) {
    findings.push_back(
        {"MAC addresses", CheckStatus::ok,
         fmt::format("all hosts use {}, so switches need to forward no other MAC address",
                     to_string(s.interface.mac))});
    return;
  }
  if (!s.link.passes_foreign_macs) {
    findings.push_back({"MAC addresses", CheckStatus::warn,
                        "some hosts have MAC addresses of their own, and no neighbour was found to "
                        "test whether frames for them arrive; if they do not: " +
                            on_hypervisor(s.hypervisor)});
  } else if (*s.link.passes_foreign_macs) {
    findings.push_back({"MAC addresses", CheckStatus::ok,
                        "frames for MAC addresses other than the interface's arrive"});
  } else if (s.interface.kind == "macvlan" && !s.interface.lower.empty()) {
    findings.push_back({"MAC addresses", CheckStatus::fail,
                        fmt::format("{} is a macvlan, which accepts frames for its own MAC address "
                                    "only, and some hosts have their own",
                                    s.interface.name),
                        passthru_commands(s)});
  } else {
    findings.push_back({"MAC addresses", CheckStatus::fail,
                        "some hosts have MAC addresses of their own, and a switch does not forward "
                        "frames for them: " +
                            on_hypervisor(s.hypervisor),
                        "bridge link set dev PORT learning on flood on",
                        "a Linux bridge, with the port that leads here"});
  }
}

}  // namespace

void check_delivery(const SystemSnapshot& s, Findings& findings) {
  if (s.interface.is_tun || !s.interface.has_link || s.request.claimed.empty()) return;
  check_on_link(s, findings);
  check_routed(s, findings);
  check_foreign_macs(s, findings);
}

}  // namespace apiary
