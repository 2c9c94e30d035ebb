#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/address_set.h"
#include "device/kernel_tables.h"
#include "device/own_addresses.h"
#include "doctor/firewall.h"
#include "sandbox/control_groups.h"
#include "sandbox/landlock.h"
#include "service/spawner.h"

namespace apiary {

/// The privileges of this process.
struct Rights {
  bool packet_sockets = false;  // CAP_NET_RAW
  bool routing = false;         // CAP_NET_ADMIN
  // CAP_SETUID and CAP_SETGID, or not root, so that there is nothing to drop.
  bool users = false;

  bool all() const { return packet_sockets && routing && users; }
  /// Whether apiary run starts. It needs CAP_NET_ADMIN only to create an interface.
  bool can_run(bool makes_interface) const {
    return packet_sockets && users && (routing || !makes_interface);
  }
};

/// The operator's request, as far as it is valid.
struct RunRequest {
  /// The default of --daemon-user.
  static constexpr const char* daemon_user = "daemon";

  std::string file;                 // empty: none
  std::vector<std::string> nets;    // as written
  std::string configuration_error;  // what is wrong with the file; empty: nothing
  std::string unreadable_for;       // the user who may not read the file again; empty: none
  std::string daemon_number;        // of that user
  std::vector<std::string> missing_programs;  // a sentence for each
  bool has_subsystems = false;
  bool has_own_macs = false;  // some hosts have MAC addresses of their own
  bool has_proxies = false;
  ContainMode contain = ContainMode::required;
  UserRange service_users{};
  bool allows_asymmetric = false;  // answers visitors that the machine reaches by another interface
  AddressSet wanted;               // including this machine's own
  AddressSet claimed;
  AddressSet named;                // the part that is named address by address
  std::vector<IpAddress> routers;  // of the topology
};

/// The interface that should receive the packets.
struct InterfaceView {
  std::string name;     // without "tun:"; empty: none was named, and there is no default route
  bool is_tun = false;  // apiary creates it
  bool exists = false, is_ethernet = false, is_up = false;
  bool has_link = false;  // its other end exists and is up
  MacAddress mac;
  std::string driver;               // from `ethtool -i`
  std::string kind, mode;           // of a virtual one, from `ip -d link`: "macvlan", "bridge"
  std::string master, master_kind;  // the bridge, bond or VRF that it is a port of
  MacAddress master_mac;
  std::string lower;  // its parent interface or its peer, on this machine
  bool is_lower_up = true;
  bool is_wireless = false, has_xdp = false;
  bool wants_xdp = false;            // named with "xdp:" or "xdp-generic:"
  bool xdp_is_ours = false;          // the program is that of a daemon
  std::string xdp_problem;           // why AF_XDP cannot be used; empty: it can, or is not wanted
  std::vector<std::string> merging;  // `ethtool -K` names of offloads that merge received segments
};

/// A running program that answers for addresses.
struct AnsweringProgram {
  int process = 0;
  std::string name;
};

/// A router, and the result of probes through it.
struct RouterProbe {
  IpAddress router;
  bool is_there = false;               // it answers ARP
  std::vector<IpPrefix> came, missed;  // networks of the claim
};

/// The results of probing the link.
struct LinkView {
  bool was_probed = false;
  std::uint64_t asked = 0;  // probed by ARP: addresses of the claim on this link
  std::vector<std::pair<IpAddress, MacAddress>> real_machines;  // that answered
  std::vector<RouterProbe> routers;
  /// Whether frames from and to a MAC address that is not the interface's get through. Nothing: no
  /// neighbour to test with.
  std::optional<bool> passes_foreign_macs;
};

/// The support of this machine for the sandboxes of services.
struct SandboxSupport {
  bool is_root = true;
  std::string trouble;         // why none could be made; empty: a program ran in one
  std::string server_trouble;  // the same of the sandbox of a subsystem, if any is configured
  bool has_users = true;       // of --service-uids, as root
  // Kinds of namespaces that the machine refuses. Only users': sandboxes can be made without.
  RefusedNamespaces refused;
  LandlockSupport landlock;  // where some are refused
  // Control groups of sandboxes, if the daemon is started as the doctor is.
  ControlGroupSupport groups{.controllers =
                                 controller::cpu | controller::memory | controller::processes};
  bool adjusts_oom_score = true;  // may protect the daemon when memory runs out
};

/// All facts that the checks judge.
struct SystemSnapshot {
  RunRequest request;
  Rights rights;
  std::vector<std::string> interface_names;  // all but the loopback
  /// Those that can receive visitors: Ethernet, up, with a link. The interface of the default route
  /// is the first.
  std::vector<std::string> usable_interfaces;
  InterfaceView interface;
  std::vector<OwnAddress> own_addresses;
  std::string hypervisor;  // "VMware", or empty

  bool forwards = false;                // IPv4, on any interface
  std::string no_ingress_filter;        // why nftables cannot keep the kernel out; empty: it can
  int reverse_path = 0;                 // rp_filter in effect: the larger of all and the interface
  std::string refused_visitors;         // asymmetric_interfaces(); empty: none
  bool answers_arp_for_others = false;  // proxy_arp
  bool has_tun_device = true, knows_tun = true;  // /dev/net/tun, the driver behind it
  std::vector<SeenRoute> routes;
  std::vector<SeenRule> rules;
  std::vector<Firewall> firewalls;
  bool could_read_firewall = true;
  std::uint64_t max_open_files = 0;  // that a process may open
  SandboxSupport sandbox;
  std::vector<AnsweringProgram> programs;
  std::string control;            // the control socket
  bool somebody_listens = false;  // on the control socket
  LinkView link;

  /// The part of the claim on the interface's own networks; neighbours resolve these addresses by
  /// ARP.
  AddressSet on_link;
  /// The rest of the claim, which a router must send here.
  AddressSet routed;
  /// The interface's first address, if it has one.
  std::optional<IpAddress> address;
};

}  // namespace apiary
