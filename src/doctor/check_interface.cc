#include <fmt/format.h>

#include <algorithm>

#include "config/nearest.h"
#include "doctor/checks.h"

namespace apiary {
namespace {

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : std::string(between)) + word;
  return text;
}

/// The interface probably meant, among those that can receive visitors.
std::string likely_interface(const SystemSnapshot& s) {
  const std::vector<std::string_view> names(s.usable_interfaces.begin(), s.usable_interfaces.end());
  if (const std::string_view nearest = nearest_word(s.interface.name, names); !nearest.empty())
    return std::string(nearest);
  return s.usable_interfaces.empty() ? "tun:honey" : s.usable_interfaces.front();
}

void explain_missing(const SystemSnapshot& s, Findings& findings) {
  const std::string there = s.interface_names.empty() ? "none" : joined(s.interface_names, ", ");
  findings.push_back(
      {"interface", CheckStatus::fail,
       s.interface.name.empty()
           ? fmt::format("no interface given, and no default route; interfaces: {}", there)
           : fmt::format("there is no interface {}; interfaces: {}", s.interface.name, there),
       doctor_command(s.request, likely_interface(s), s.request.nets)});
}

void explain_link(const InterfaceView& interface, Findings& findings) {
  if (interface.has_link) {
    findings.push_back(
        {"link", CheckStatus::ok, interface.name + " is up and its other end is there"});
    return;
  }
  if (!interface.lower.empty() && !interface.is_lower_up) {
    findings.push_back({"link", CheckStatus::fail,
                        fmt::format("{} has no link: {}, its peer or lower interface, is down",
                                    interface.name, interface.lower),
                        fmt::format("ip link set {} up", interface.lower)});
    return;
  }
  std::string advice = "check the cable and the switch";
  if (interface.kind == "bridge") advice = "no port of the bridge is up: add one";
  if (interface.kind == "veth") advice = "its other end, in another network namespace, is down";
  if (interface.is_wireless) advice = "it is not associated with an access point";
  findings.push_back({"link", CheckStatus::fail,
                      fmt::format("{} is up, but has no link: {}", interface.name, advice)});
}

/// Checks a port of a bridge or a bond. A packet socket receives frames from the port's wire before
/// the kernel passes them to the master, and sends to that wire. But routers address frames to the
/// MAC address of the master, which has the machine's addresses. A VRF's port is an ordinary
/// interface.
void explain_master(const SystemSnapshot& s, Findings& findings) {
  const InterfaceView& interface = s.interface;
  if (interface.master.empty() || interface.master_kind == "vrf") return;
  const std::string listen = fmt::format("{} is a port of the {} {}", interface.name,
                                         interface.master_kind, interface.master);
  const std::string command = doctor_command(s.request, interface.master, s.request.nets);
  if (!s.routed.empty() && interface.mac != interface.master_mac) {
    findings.push_back(
        {"kind", CheckStatus::fail,
         fmt::format("{}: routers send packets for honeypots to {}, the MAC address of {}, and "
                     "apiary on {} accepts only its own; use -i {}, with run, too",
                     listen, to_string(interface.master_mac), interface.master, interface.name,
                     interface.master),
         command});
    return;
  }
  findings.push_back({"kind", CheckStatus::warn,
                      fmt::format("{}: apiary there receives only packets from the wire of {}, not "
                                  "those from other ports; on {} it receives all",
                                  listen, interface.name, interface.master),
                      command});
}

void explain_wireless(const SystemSnapshot& s, Findings& findings) {
  if (!s.interface.is_wireless) return;
  findings.push_back(
      {"kind", s.request.has_own_macs ? CheckStatus::fail : CheckStatus::ok,
       "an access point delivers to one MAC address: hosts that share the interface's work, hosts "
       "with MAC addresses of their own receive nothing",
       s.request.has_own_macs ? fmt::format("iw dev {} set 4addr on", s.interface.name) : ""});
}

void explain_xdp(const InterfaceView& interface, Findings& findings) {
  const std::string& name = interface.name;
  if (interface.has_xdp && !interface.xdp_is_ours)
    findings.push_back(
        {"xdp", interface.wants_xdp ? CheckStatus::fail : CheckStatus::warn,
         interface.wants_xdp
             ? fmt::format("{} has an XDP program already, and takes no second one", name)
             : fmt::format("an XDP program on {} receives packets first, and may drop them", name),
         fmt::format("ip link set dev {} xdp off", name)});
  else if (!interface.xdp_problem.empty())
    findings.push_back({"xdp", CheckStatus::fail, interface.xdp_problem,
                        "apiary run --io packet, or grant CAP_BPF and CAP_NET_ADMIN"});
  else if (interface.wants_xdp)
    findings.push_back(
        {"xdp", CheckStatus::ok,
         interface.xdp_is_ours ? "a daemon's program runs on " + name : "AF_XDP can be used"});
}

void explain_offloads(const InterfaceView& interface, Findings& findings) {
  explain_xdp(interface, findings);
  if (interface.merging.empty()) {
    findings.push_back({"offloads", CheckStatus::ok, "segments are received as they were sent"});
    return;
  }
  std::string options;
  for (const std::string& word : interface.merging) options += " " + word + " off";
  findings.push_back({"offloads", CheckStatus::warn,
                      fmt::format("{} merges received TCP segments into larger ones ({}): hosts "
                                  "acknowledge less often than real ones",
                                  interface.name, joined(interface.merging, ", ")),
                      fmt::format("ethtool -K {}{}", interface.name, options)});
}

}  // namespace

void check_interface(const SystemSnapshot& s, Findings& findings) {
  const InterfaceView& interface = s.interface;
  if (interface.is_tun) {
    if (s.has_tun_device)
      findings.push_back({"interface", CheckStatus::ok,
                          fmt::format("apiary run creates {}{}", interface.name,
                                      interface.exists ? "; it exists now" : "")});
    else if (s.knows_tun)
      findings.push_back({"interface", CheckStatus::fail,
                          "/dev/net/tun is missing, though the kernel has the driver: pass the "
                          "device to the container",
                          "mkdir -p /dev/net && mknod /dev/net/tun c 10 200"});
    else
      findings.push_back(
          {"interface", CheckStatus::fail, "the kernel has no /dev/net/tun", "modprobe tun"});
    return;
  }
  if (!interface.exists) return explain_missing(s, findings);
  if (!interface.is_ethernet) {
    findings.push_back(
        {"interface", CheckStatus::fail,
         fmt::format("{} is not an Ethernet interface; for routed use, there is tun:",
                     interface.name),
         doctor_command(s.request, "tun:honey", s.request.nets)});
    return;
  }
  if (!interface.is_up) {
    findings.push_back({"interface", CheckStatus::fail, interface.name + " is down",
                        fmt::format("ip link set {} up", interface.name)});
    return;
  }
  findings.push_back({"interface", CheckStatus::ok,
                      fmt::format("{} exists: {}{}", interface.name, to_string(interface.mac),
                                  interface.driver.empty() ? "" : ", driver " + interface.driver)});
  explain_link(interface, findings);
  explain_master(s, findings);
  explain_wireless(s, findings);
  explain_offloads(interface, findings);
}

}  // namespace apiary
