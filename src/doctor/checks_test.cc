// Checks that no lab can provoke; tests/system/doctor_test.py has the others.
#include "doctor/checks.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace apiary {
namespace {

constexpr IpAddress own = IpAddress::v4(192, 0, 2, 1);
constexpr IpAddress router = IpAddress::v4(192, 0, 2, 254);

/// A machine without problems: eth0 has an address, and a router sends a prefix there.
SystemSnapshot healthy() {
  SystemSnapshot s;
  s.request.wanted.add(parse_address_range("10.0.0.0/8").value());
  s.request.claimed = s.routed = s.request.wanted;
  s.rights = {true, true, true};
  s.interface_names = s.usable_interfaces = {"eth0"};
  s.interface.name = "eth0";
  s.interface.exists = s.interface.is_ethernet = s.interface.is_up = s.interface.has_link = true;
  s.own_addresses = {{own, 24, "eth0"}};
  s.address = own;
  s.max_open_files = 1 << 20;
  s.link.was_probed = true;
  s.link.routers = {{router, true, s.routed.prefixes(), {}}};
  return s;
}

const Finding* find(const Findings& findings, std::string_view check) {
  const auto found = std::ranges::find(findings, check, &Finding::check);
  return found == findings.end() ? nullptr : &*found;
}

TEST(Checks, FindNothingWithoutProblems) {
  for (const Finding& finding : examine(healthy()))
    EXPECT_EQ(finding.verdict, CheckStatus::ok) << finding.check << ": " << finding.explanation;
}

TEST(Checks, ReportTheProblemAndTheCommandThatFixesIt) {
  struct Case {
    std::string_view name;
    void (*spoil)(SystemSnapshot&);
    std::string_view check;
    CheckStatus verdict;
    std::string_view explanation, command;  // a part of the explanation; the whole command
  };
  for (
      const Case& c : {
          Case{"wireless, hosts with one MAC address",
               [](SystemSnapshot& s) { s.interface.is_wireless = true; }, "kind", CheckStatus::ok,
               "access point", ""},
          Case{"wireless, hosts with their own",
               [](SystemSnapshot& s) { s.interface.is_wireless = s.request.has_own_macs = true; },
               "kind", CheckStatus::fail, "receive nothing", "iw dev eth0 set 4addr on"},
          Case{"a container that allows no namespaces",
               [](SystemSnapshot& s) { s.sandbox.trouble = "unshare: Operation not permitted"; },
               "sandbox", CheckStatus::fail, "--cap-add SYS_ADMIN",
               "sysctl -w user.max_pid_namespaces=10000 user.max_mnt_namespaces=10000 "
               "user.max_net_namespaces=10000"},
          Case{"the same, with --contain best-effort",
               [](SystemSnapshot& s) {
                 s.sandbox.trouble = "unshare: Operation not permitted";
                 s.sandbox.is_root = false;
                 s.request.contain = ContainMode::best_effort;
               },
               "sandbox", CheckStatus::warn, "services cannot be contained (--contain best-effort)",
               "sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=10000"},
          Case{"one kind of namespaces is refused",
               [](SystemSnapshot& s) {
                 s.sandbox.trouble = "clone: No space left on device";
                 s.sandbox.refused = {{CLONE_NEWNET}, ENOSPC};
                 s.request.contain = ContainMode::best_effort;
               },
               "sandbox", CheckStatus::warn,
               "services run without network namespaces of their own (--contain best-effort)",
               "sysctl -w user.max_net_namespaces=10000"},
          Case{"user namespaces are refused to root",
               [](SystemSnapshot& s) {
                 s.sandbox.refused = {{CLONE_NEWUSER}, ENOSPC};
               },
               "sandbox", CheckStatus::warn, "this machine refuses user namespaces",
               "sysctl -w user.max_user_namespaces=10000"},
          Case{"no virtual interfaces for subsystems",
               [](SystemSnapshot& s) {
                 s.sandbox.server_trouble = "a pair of virtual interfaces: Not supported";
               },
               "sandbox", CheckStatus::fail, "subsystems cannot have a network of their own",
               "modprobe veth"},
          Case{
              "the same, on a kernel with Landlock",
              [](SystemSnapshot& s) {
                s.sandbox.trouble = "unshare: Operation not permitted";
                s.sandbox.landlock = {4};
                s.request.contain = ContainMode::best_effort;
              },
              "sandbox", CheckStatus::warn,
              "unshare: Operation not permitted; Landlock (version 4) confines them: they write no "
              "files, and read those of their view; no TCP.",
              "sysctl -w user.max_pid_namespaces=10000 user.max_mnt_namespaces=10000 "
              "user.max_net_namespaces=10000"},
          Case{"no sandboxes wanted",
               [](SystemSnapshot& s) { s.request.contain = ContainMode::off; }, "sandbox",
               CheckStatus::warn, "services can read this machine's files", ""},
          Case{"a user namespace with few users",
               [](SystemSnapshot& s) { s.sandbox.has_users = false; }, "sandbox", CheckStatus::fail,
               "has no users 2000000000 to 2000065535", ""},
          Case{"no control group of ours",
               [](SystemSnapshot& s) { s.sandbox.groups = {.trouble = "/x was not delegated"}; },
               "sandbox", CheckStatus::ok,
               "it has no control group, and resource limits alone bound it: /x was not delegated",
               ""},
          Case{"control groups of version 1",
               [](SystemSnapshot& s) {
                 s.sandbox.groups = {.controllers = controller::cpu | controller::processes};
               },
               "sandbox", CheckStatus::ok,
               "a control group (version 1) bounds its processor time and processes", ""},
          Case{"a default route by another interface",
               [](SystemSnapshot& s) {
                 s.refused_visitors = "visitors get no answer";
                 s.request.nets = {"10.0.0.0/8"};
               },
               "reverse path", CheckStatus::warn, "visitors get no answer",
               "apiary doctor -i eth0 10.0.0.0/8 --allow-asymmetric"},
          Case{"a default route by another interface, with --allow-asymmetric",
               [](SystemSnapshot& s) {
                 s.refused_visitors = "visitors get no answer";
                 s.request.allows_asymmetric = true;
               },
               "reverse path", CheckStatus::ok, "rp_filter", ""},
          Case{"a kernel without nftables",
               [](SystemSnapshot& s) { s.no_ingress_filter = "no such thing"; }, "kernel answers",
               CheckStatus::warn, "malformed IP options", "modprobe -a nf_tables nft_fib_netdev"},
          Case{"without CAP_NET_ADMIN, as in a container",
               [](SystemSnapshot& s) { s.rights.routing = false; }, "privileges", CheckStatus::warn,
               "lacks CAP_NET_ADMIN: apiary run starts", ""},
          Case{"without CAP_NET_ADMIN, and tun",
               [](SystemSnapshot& s) {
                 s.rights.routing = false;
                 s.interface.is_tun = true;
               },
               "privileges", CheckStatus::fail, "start apiary run as root",
               "sudo apiary doctor -i tun:eth0"},
          Case{"without CAP_NET_RAW", [](SystemSnapshot& s) { s.rights.packet_sockets = false; },
               "privileges", CheckStatus::fail, "lacks CAP_NET_RAW", "sudo apiary doctor -i eth0"},
          Case{"the kernel forwards, and packets cannot be kept from it",
               [](SystemSnapshot& s) {
                 s.forwards = true;
                 s.rights.routing = false;
                 s.no_ingress_filter = "that takes CAP_NET_ADMIN";
               },
               "forwarding", CheckStatus::fail, "without CAP_NET_ADMIN", ""},
          Case{"a routing rule before ours, with an ingress chain",
               [](SystemSnapshot& s) {
                 s.forwards = true;
                 s.rules = {{.priority = 50, .table = 50}};
                 s.routes = {{.destination = {}, .table = 50}};
               },
               "forwarding", CheckStatus::ok, "before the kernel's IP layer", ""},
          Case{"a routing rule before ours, without nftables",
               [](SystemSnapshot& s) {
                 s.forwards = true;
                 s.no_ingress_filter = "no such thing";
                 s.rules = {{.priority = 50, .table = 50}};
                 s.routes = {{.destination = {}, .table = 50}};
               },
               "forwarding", CheckStatus::fail, "routing rule 50",
               "ip rule add priority 1104 lookup 50 && ip rule delete priority 50 lookup 50"},
          Case{"proxy ARP of the kernel, without nftables",
               [](SystemSnapshot& s) {
                 s.answers_arp_for_others = true;
                 s.no_ingress_filter = "no such thing";
               },
               "proxy ARP", CheckStatus::warn, "answers ARP on eth0",
               "sysctl -w net.ipv4.conf.eth0.proxy_arp=0 net.ipv4.conf.all.proxy_arp=0"},
          Case{"a chain of a daemon that runs",
               [](SystemSnapshot& s) {
                 s.firewalls = {{.chains = {{.family = "netdev",
                                             .table = "apiary-7",
                                             .name = "eth0",
                                             .hook = "ingress"}}}};
               },
               "kernel answers", CheckStatus::ok, "nft list table netdev apiary-7", ""},
          Case{"an XDP program", [](SystemSnapshot& s) { s.interface.has_xdp = true; }, "xdp",
               CheckStatus::warn, "receives packets first", "ip link set dev eth0 xdp off"},
          Case{"an XDP program, with AF_XDP wanted",
               [](SystemSnapshot& s) { s.interface.has_xdp = s.interface.wants_xdp = true; }, "xdp",
               CheckStatus::fail, "takes no second one", "ip link set dev eth0 xdp off"},
          Case{"a daemon's XDP program",
               [](SystemSnapshot& s) {
                 s.interface.has_xdp = s.interface.wants_xdp = s.interface.xdp_is_ours = true;
               },
               "xdp", CheckStatus::ok, "a daemon's program runs on eth0", ""},
          Case{"AF_XDP", [](SystemSnapshot& s) { s.interface.wants_xdp = true; }, "xdp",
               CheckStatus::ok, "can be used", ""},
          Case{"no AF_XDP",
               [](SystemSnapshot& s) {
                 s.interface.wants_xdp = true;
                 s.interface.xdp_problem = "loading the XDP program: Operation not permitted";
               },
               "xdp", CheckStatus::fail, "not permitted",
               "apiary run --io packet, or grant CAP_BPF and CAP_NET_ADMIN"},
          Case{"no /dev/net/tun in a container",
               [](SystemSnapshot& s) {
                 s.interface.is_tun = true;
                 s.has_tun_device = false;
               },
               "interface", CheckStatus::fail, "pass the device to the container",
               "mkdir -p /dev/net && mknod /dev/net/tun c 10 200"},
          Case{"no driver of TUN",
               [](SystemSnapshot& s) {
                 s.interface.is_tun = true;
                 s.has_tun_device = s.knows_tun = false;
               },
               "interface", CheckStatus::fail, "/dev/net/tun", "modprobe tun"},
          Case{"VMware filters",
               [](SystemSnapshot& s) {
                 s.request.has_own_macs = true;
                 s.hypervisor = "VMware";
                 s.link.passes_foreign_macs = false;
               },
               "MAC addresses", CheckStatus::fail, "forged transmits",
               "bridge link set dev PORT learning on flood on"},
          Case{"no neighbour to test MAC addresses with",
               [](SystemSnapshot& s) {
                 s.request.has_own_macs = true;
                 s.hypervisor = "a cloud";
               },
               "MAC addresses", CheckStatus::warn, "route a prefix to this machine instead", ""},
          Case{"no address for a router to send to", [](SystemSnapshot& s) { s.address.reset(); },
               "route", CheckStatus::warn, "no IPv4 address",
               "ip route replace 10.0.0.0/8 dev LINK"},
          Case{
              "one of two routers sends it here",
              [](SystemSnapshot& s) {
                s.link.routers.insert(s.link.routers.begin(), {own, true, {}, s.routed.prefixes()});
              },
              "route", CheckStatus::ok, "router 192.0.2.254 sends", ""},
          Case{"few files", [](SystemSnapshot& s) { s.max_open_files = 1024; }, "limits",
               CheckStatus::warn, "341 simultaneous conversations", "ulimit -n 65536"},
          Case{"an unreadable firewall that packets pass",
               [](SystemSnapshot& s) {
                 s.interface.is_tun = true;
                 s.could_read_firewall = false;
               },
               "firewall", CheckStatus::warn, "cannot be read", "apt install nftables"},
          Case{"an unreadable firewall that packets do not pass",
               [](SystemSnapshot& s) { s.could_read_firewall = false; }, "firewall",
               CheckStatus::ok, "cannot be read", ""},
          Case{"no interface at all",
               [](SystemSnapshot& s) {
                 s.interface = {};
                 s.interface_names.clear();
                 s.usable_interfaces.clear();
               },
               "interface", CheckStatus::fail, "interfaces: none", "apiary doctor -i tun:honey"},
          Case{"an unknown interface, beside one without a link",
               [](SystemSnapshot& s) {
                 s.interface = {.name = "nope0"};
                 s.interface_names = {"ifb0", "eth0"};
               },
               "interface", CheckStatus::fail,
               "there is no interface nope0; interfaces: ifb0, eth0", "apiary doctor -i eth0"},
          Case{"an unknown interface, and no usable one",
               [](SystemSnapshot& s) {
                 s.interface = {.name = "nope0"};
                 s.interface_names = {"ifb0"};
                 s.usable_interfaces.clear();
               },
               "interface", CheckStatus::fail, "there is no interface nope0; interfaces: ifb0",
               "apiary doctor -i tun:honey"},
          Case{"a port of a bridge, with neighbours alone",
               [](SystemSnapshot& s) {
                 s.interface.master = "br0";
                 s.interface.master_kind = "bridge";
                 s.interface.master_mac = {{2, 0, 0, 0, 0, 9}};
                 std::swap(s.routed, s.on_link);
               },
               "kind", CheckStatus::warn, "not those from other ports", "apiary doctor -i br0"},
          Case{"a port of a bridge, with a router that sends to the bridge",
               [](SystemSnapshot& s) {
                 s.interface.master = "br0";
                 s.interface.master_kind = "bridge";
                 s.interface.master_mac = {{2, 0, 0, 0, 0, 9}};
               },
               "kind", CheckStatus::fail, "02:00:00:00:00:09, the MAC address of br0",
               "apiary doctor -i br0"},
          Case{"a port of a bridge that has its MAC address",
               [](SystemSnapshot& s) {
                 s.interface.master = "br0";
                 s.interface.master_kind = "bridge";
               },
               "kind", CheckStatus::warn, "not those from other ports", "apiary doctor -i br0"},
      }) {
    SCOPED_TRACE(c.name);
    SystemSnapshot snapshot = healthy();
    c.spoil(snapshot);
    const Findings findings = examine(snapshot);
    const Finding* const finding = find(findings, c.check);
    ASSERT_NE(finding, nullptr);
    EXPECT_EQ(finding->verdict, c.verdict);
    EXPECT_NE(finding->explanation.find(c.explanation), std::string::npos) << finding->explanation;
    EXPECT_EQ(finding->command, c.command);
  }
}

}  // namespace
}  // namespace apiary
