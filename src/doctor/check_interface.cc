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

/// The interface that was probably meant.
std::string likely_interface(const Situation& s) {
  const std::vector<std::string_view> names(s.interface_names.begin(), s.interface_names.end());
  if (const std::string_view nearest = nearest_word(s.interface.name, names); !nearest.empty())
    return std::string(nearest);
  return s.interface_names.empty() ? "tun:honey" : s.interface_names.front();
}

void explain_missing(const Situation& s, Findings& findings) {
  const std::string there = s.interface_names.empty() ? "none" : joined(s.interface_names, ", ");
  findings.push_back(
      {"interface", Verdict::fail,
       s.interface.name.empty()
           ? fmt::format("which one? No default route tells; there are: {}", there)
           : fmt::format("there is no interface {}; there are: {}", s.interface.name, there),
       doctor_command(s.wish, likely_interface(s), s.wish.nets)});
}

void explain_link(const InterfaceView& interface, Findings& findings) {
  if (interface.has_link) {
    findings.push_back({"link", Verdict::ok, interface.name + " is up and its other end is there"});
    return;
  }
  if (!interface.lower.empty() && !interface.is_lower_up) {
    findings.push_back({"link", Verdict::fail,
                        fmt::format("{} has no link, as {}, its other end or what it stands on, is "
                                    "down",
                                    interface.name, interface.lower),
                        fmt::format("ip link set {} up", interface.lower)});
    return;
  }
  std::string advice = "plug the cable in, or look at the switch";
  if (interface.kind == "bridge") advice = "no port of the bridge is up: give it one";
  if (interface.kind == "veth") advice = "its other end, in another network namespace, is down";
  if (interface.is_wireless) advice = "it is not associated with an access point";
  findings.push_back({"link", Verdict::fail,
                      fmt::format("{} is up, but has no link: {}", interface.name, advice)});
}

/// A port of a bridge: what comes in by it belongs to the bridge.
void explain_master(const Situation& s, Findings& findings) {
  const InterfaceView& interface = s.interface;
  if (interface.master.empty()) return;
  findings.push_back({"kind", Verdict::fail,
                      fmt::format("{} is a port of the {} {}: packets are addressed to that, and "
                                  "the kernel takes them in there; listen on it, with run, too",
                                  interface.name, interface.master_kind, interface.master),
                      doctor_command(s.wish, interface.master, s.wish.nets)});
}

void explain_wireless(const Situation& s, Findings& findings) {
  if (!s.interface.is_wireless) return;
  findings.push_back(
      {"kind", s.wish.has_own_macs ? Verdict::fail : Verdict::ok,
       "an access point delivers to one MAC address: that is enough for hosts that "
       "share the interface's, and hosts with MAC addresses of their own hear nothing",
       s.wish.has_own_macs ? fmt::format("iw dev {} set 4addr on", s.interface.name) : ""});
}

void explain_offloads(const InterfaceView& interface, Findings& findings) {
  if (interface.has_xdp)
    findings.push_back(
        {"xdp", Verdict::warn,
         fmt::format("an XDP program on {} sees packets first, and may keep them", interface.name),
         fmt::format("ip link set dev {} xdp off", interface.name)});
  if (interface.merging.empty()) {
    findings.push_back({"offloads", Verdict::ok, "segments come in as they were sent"});
    return;
  }
  std::string options;
  for (const std::string& word : interface.merging) options += " " + word + " off";
  findings.push_back({"offloads", Verdict::warn,
                      fmt::format("{} merges TCP segments into giant frames before anybody sees "
                                  "them ({}): hosts acknowledge less often than real ones do",
                                  interface.name, joined(interface.merging, ", ")),
                      fmt::format("ethtool -K {}{}", interface.name, options)});
}

}  // namespace

void check_interface(const Situation& s, Findings& findings) {
  const InterfaceView& interface = s.interface;
  if (interface.is_tun) {
    if (s.has_tun_device)
      findings.push_back({"interface", Verdict::ok,
                          fmt::format("{} is made when apiary runs{}", interface.name,
                                      interface.exists ? "; it is there now" : "")});
    else if (s.knows_tun)
      findings.push_back({"interface", Verdict::fail,
                          "there is no /dev/net/tun, though the kernel has the driver: a container "
                          "has to be given it",
                          "mkdir -p /dev/net && mknod /dev/net/tun c 10 200"});
    else
      findings.push_back(
          {"interface", Verdict::fail, "the kernel has no /dev/net/tun", "modprobe tun"});
    return;
  }
  if (!interface.exists) return explain_missing(s, findings);
  if (!interface.is_ethernet) {
    findings.push_back(
        {"interface", Verdict::fail,
         fmt::format("{} is not Ethernet; for routed use without it there is tun:", interface.name),
         doctor_command(s.wish, "tun:honey", s.wish.nets)});
    return;
  }
  if (!interface.is_up) {
    findings.push_back({"interface", Verdict::fail, interface.name + " is down",
                        fmt::format("ip link set {} up", interface.name)});
    return;
  }
  findings.push_back({"interface", Verdict::ok,
                      fmt::format("{} is there: {}{}", interface.name, to_string(interface.mac),
                                  interface.driver.empty() ? "" : ", driver " + interface.driver)});
  explain_link(interface, findings);
  explain_master(s, findings);
  explain_wireless(s, findings);
  explain_offloads(interface, findings);
}

}  // namespace apiary
