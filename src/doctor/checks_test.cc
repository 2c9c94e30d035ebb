// What no lab can provoke; the rest is in tests/system/doctor_test.py.
#include "doctor/checks.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace apiary {
namespace {

constexpr IpAddress own = IpAddress::v4(192, 0, 2, 1);
constexpr IpAddress router = IpAddress::v4(192, 0, 2, 254);

/// A machine where all is well: eth0 with an address, and a prefix that a router sends there.
Situation healthy() {
  Situation s;
  s.wish.wanted.add(parse_address_range("10.0.0.0/8").value());
  s.wish.claimed = s.routed = s.wish.wanted;
  s.rights = {true, true, true};
  s.interface_names = s.usable_interfaces = {"eth0"};
  s.interface.name = "eth0";
  s.interface.exists = s.interface.is_ethernet = s.interface.is_up = s.interface.has_link = true;
  s.own_addresses = {{own, 24, "eth0"}};
  s.address = own;
  s.most_files = 1 << 20;
  s.link.was_probed = true;
  s.link.routers = {{router, true, s.routed.prefixes(), {}}};
  return s;
}

const Finding* find(const Findings& findings, std::string_view check) {
  const auto found = std::ranges::find(findings, check, &Finding::check);
  return found == findings.end() ? nullptr : &*found;
}

TEST(Checks, FindNothingWhereAllIsWell) {
  for (const Finding& finding : examine(healthy()))
    EXPECT_EQ(finding.verdict, Verdict::ok) << finding.check << ": " << finding.explanation;
}

TEST(Checks, SayWhatIsWrongAndWhatMendsIt) {
  struct Case {
    std::string_view name;
    void (*spoil)(Situation&);
    std::string_view check;
    Verdict verdict;
    std::string_view explanation, command;  // the one in it, the other all of it
  };
  for (
      const Case& c : {
          Case{"wireless, hosts with one MAC address",
               [](Situation& s) { s.interface.is_wireless = true; }, "kind", Verdict::ok,
               "access point", ""},
          Case{"wireless, hosts with their own",
               [](Situation& s) { s.interface.is_wireless = s.wish.has_own_macs = true; }, "kind",
               Verdict::fail, "hear nothing", "iw dev eth0 set 4addr on"},
          Case{"a default route by another interface",
               [](Situation& s) {
                 s.refused_visitors = "visitors get no answer";
                 s.wish.nets = {"10.0.0.0/8"};
               },
               "reverse path", Verdict::warn, "visitors get no answer",
               "apiary doctor -i eth0 10.0.0.0/8 --allow-asymmetric"},
          Case{"a default route by another interface, which is as it is to be",
               [](Situation& s) {
                 s.refused_visitors = "visitors get no answer";
                 s.wish.allows_asymmetric = true;
               },
               "reverse path", Verdict::ok, "rp_filter", ""},
          Case{"a kernel without nftables",
               [](Situation& s) { s.no_ingress_filter = "no such thing"; }, "kernel answers",
               Verdict::warn, "malformed IP options", "modprobe -a nf_tables nft_fib_netdev"},
          Case{"a routing rule before ours, which is no matter to an ingress chain",
               [](Situation& s) {
                 s.forwards = true;
                 s.rules = {{.priority = 50, .table = 50}};
                 s.routes = {{.destination = {}, .table = 50}};
               },
               "forwarding", Verdict::ok, "before the kernel's IP layer", ""},
          Case{"a routing rule before ours, without nftables",
               [](Situation& s) {
                 s.forwards = true;
                 s.no_ingress_filter = "no such thing";
                 s.rules = {{.priority = 50, .table = 50}};
                 s.routes = {{.destination = {}, .table = 50}};
               },
               "forwarding", Verdict::fail, "routing rule 50",
               "ip rule add priority 1104 lookup 50 && ip rule delete priority 50 lookup 50"},
          Case{"proxy ARP of the kernel, without nftables",
               [](Situation& s) {
                 s.answers_arp_for_others = true;
                 s.no_ingress_filter = "no such thing";
               },
               "proxy ARP", Verdict::warn, "answers ARP on eth0",
               "sysctl -w net.ipv4.conf.eth0.proxy_arp=0 net.ipv4.conf.all.proxy_arp=0"},
          Case{"a chain of a daemon that runs",
               [](Situation& s) {
                 s.firewalls = {{.chains = {{.family = "netdev",
                                             .table = "apiary-7",
                                             .name = "eth0",
                                             .hook = "ingress"}}}};
               },
               "kernel answers", Verdict::ok, "nft list table netdev apiary-7", ""},
          Case{"an XDP program", [](Situation& s) { s.interface.has_xdp = true; }, "xdp",
               Verdict::warn, "sees packets first", "ip link set dev eth0 xdp off"},
          Case{"no /dev/net/tun in a container",
               [](Situation& s) {
                 s.interface.is_tun = true;
                 s.has_tun_device = false;
               },
               "interface", Verdict::fail, "has to be given it",
               "mkdir -p /dev/net && mknod /dev/net/tun c 10 200"},
          Case{"no driver of TUN",
               [](Situation& s) {
                 s.interface.is_tun = true;
                 s.has_tun_device = s.knows_tun = false;
               },
               "interface", Verdict::fail, "/dev/net/tun", "modprobe tun"},
          Case{"VMware filters",
               [](Situation& s) {
                 s.wish.has_own_macs = true;
                 s.hypervisor = "VMware";
                 s.link.passes_foreign_macs = false;
               },
               "MAC addresses", Verdict::fail, "forged transmits",
               "bridge link set dev PORT learning on flood on"},
          Case{"nobody could be asked about MAC addresses",
               [](Situation& s) {
                 s.wish.has_own_macs = true;
                 s.hypervisor = "a cloud";
               },
               "MAC addresses", Verdict::warn, "route a prefix to this machine instead", ""},
          Case{"no address for a router to send to", [](Situation& s) { s.address.reset(); },
               "route", Verdict::warn, "no IPv4 address", "ip route replace 10.0.0.0/8 dev LINK"},
          Case{
              "one of two routers sends it here",
              [](Situation& s) {
                s.link.routers.insert(s.link.routers.begin(), {own, true, {}, s.routed.prefixes()});
              },
              "route", Verdict::ok, "router 192.0.2.254 sends", ""},
          Case{"few files", [](Situation& s) { s.most_files = 1024; }, "limits", Verdict::warn,
               "341 conversations", "ulimit -n 65536"},
          Case{"a firewall that cannot be read, on the way",
               [](Situation& s) {
                 s.interface.is_tun = true;
                 s.could_read_firewall = false;
               },
               "firewall", Verdict::warn, "cannot be read", "apt install nftables"},
          Case{"a firewall that cannot be read, beside the way",
               [](Situation& s) { s.could_read_firewall = false; }, "firewall", Verdict::ok,
               "cannot be read", ""},
          Case{"no interface at all",
               [](Situation& s) {
                 s.interface = {};
                 s.interface_names.clear();
                 s.usable_interfaces.clear();
               },
               "interface", Verdict::fail, "there are: none", "apiary doctor -i tun:honey"},
          Case{"an interface that is not there, beside one that leads nowhere",
               [](Situation& s) {
                 s.interface = {.name = "nope0"};
                 s.interface_names = {"ifb0", "eth0"};
               },
               "interface", Verdict::fail, "there is no interface nope0; there are: ifb0, eth0",
               "apiary doctor -i eth0"},
          Case{"an interface that is not there, where none leads anywhere",
               [](Situation& s) {
                 s.interface = {.name = "nope0"};
                 s.interface_names = {"ifb0"};
                 s.usable_interfaces.clear();
               },
               "interface", Verdict::fail, "there is no interface nope0; there are: ifb0",
               "apiary doctor -i tun:honey"},
          Case{"a port of a bridge, with neighbours alone",
               [](Situation& s) {
                 s.interface.master = "br0";
                 s.interface.master_kind = "bridge";
                 s.interface.master_mac = {{2, 0, 0, 0, 0, 9}};
                 std::swap(s.routed, s.on_link);
               },
               "kind", Verdict::warn, "hears nothing of those who come by other ports",
               "apiary doctor -i br0"},
          Case{"a port of a bridge, with a router that sends to the bridge",
               [](Situation& s) {
                 s.interface.master = "br0";
                 s.interface.master_kind = "bridge";
                 s.interface.master_mac = {{2, 0, 0, 0, 0, 9}};
               },
               "kind", Verdict::fail, "02:00:00:00:00:09, the MAC address of br0",
               "apiary doctor -i br0"},
          Case{"a port of a bridge that has its MAC address",
               [](Situation& s) {
                 s.interface.master = "br0";
                 s.interface.master_kind = "bridge";
               },
               "kind", Verdict::warn, "hears nothing of those who come by other ports",
               "apiary doctor -i br0"},
      }) {
    SCOPED_TRACE(c.name);
    Situation situation = healthy();
    c.spoil(situation);
    const Findings findings = examine(situation);
    const Finding* const finding = find(findings, c.check);
    ASSERT_NE(finding, nullptr);
    EXPECT_EQ(finding->verdict, c.verdict);
    EXPECT_NE(finding->explanation.find(c.explanation), std::string::npos) << finding->explanation;
    EXPECT_EQ(finding->command, c.command);
  }
}

}  // namespace
}  // namespace apiary
