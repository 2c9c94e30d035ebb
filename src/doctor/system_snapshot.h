#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/address_set.h"
#include "device/kernel_tables.h"
#include "device/own_addresses.h"
#include "doctor/firewall.h"

namespace apiary {

/// What this process may do.
struct Rights {
  bool packet_sockets = false;  // CAP_NET_RAW
  bool routing = false;         // CAP_NET_ADMIN
  // CAP_SETUID, CAP_SETGID, or no root that would have to be given up.
  bool users = false;

  bool all() const { return packet_sockets && routing && users; }
  /// Whether apiary run starts: only an interface of its own it cannot do without.
  bool can_run(bool makes_interface) const {
    return packet_sockets && users && (routing || !makes_interface);
  }
};

/// What the operator asked for, as far as it makes sense.
struct RunRequest {
  /// The default of --daemon-user.
  static constexpr const char* daemon_user = "daemon";

  std::string file;                 // empty: none
  std::vector<std::string> nets;    // as written
  std::string configuration_error;  // what is wrong with the file; empty: nothing
  std::string unreadable_for;       // the user who may not read the file again; empty: none
  std::string daemon_number;        // of that user
  std::vector<std::string> missing_programs;  // a sentence for each
  bool has_own_macs = false;                  // some hosts are to have MAC addresses of their own
  bool has_proxies = false;
  bool allows_asymmetric = false;  // visitors that the machine reaches by another interface
  AddressSet wanted;               // before this machine's own were taken out
  AddressSet claimed;
  AddressSet named;                // of them, those that are named one by one
  std::vector<IpAddress> routers;  // of the topology
};

/// The interface that should receive the packets.
struct InterfaceView {
  std::string name;     // without "tun:"; empty: none was named, and there is no default route
  bool is_tun = false;  // to be made by apiary
  bool exists = false, is_ethernet = false, is_up = false;
  bool has_link = false;  // its other end is there and up
  MacAddress mac;
  std::string driver;               // as `ethtool -i` says
  std::string kind, mode;           // of a virtual one, as `ip -d link` says: "macvlan", "bridge"
  std::string master, master_kind;  // the bridge, bond or VRF that it is a port of
  MacAddress master_mac;
  std::string lower;  // the interface of this machine that it stands on, or its peer
  bool is_lower_up = true;
  bool is_wireless = false, has_xdp = false;
  std::vector<std::string> merging;  // `ethtool -K` words of what merges received segments
};

/// A program that answers for addresses, and runs.
struct AnsweringProgram {
  int process = 0;
  std::string name;
};

/// A router that a probe was sent through, to see whether it comes back.
struct RouterProbe {
  IpAddress router;
  bool is_there = false;               // it answers ARP
  std::vector<IpPrefix> came, missed;  // networks of the claim
};

/// What probes of the link brought to light.
struct LinkView {
  bool was_probed = false;
  std::uint64_t asked = 0;  // addresses of the claim on this link, by ARP
  std::vector<std::pair<IpAddress, MacAddress>> real_machines;  // who answered
  std::vector<RouterProbe> routers;
  /// Whether frames to a MAC address that is not the interface's get through, both ways; nothing
  /// where no neighbour could be asked.
  std::optional<bool> passes_foreign_macs;
};

/// All that there is to judge by.
struct SystemSnapshot {
  RunRequest request;
  Rights rights;
  std::vector<std::string> interface_names;  // all but the loopback
  /// Of them, those that visitors may come by: Ethernet, up, with a link that leads somewhere. That
  /// of the default route is the first.
  std::vector<std::string> usable_interfaces;
  InterfaceView interface;
  std::vector<OwnAddress> own_addresses;
  std::string hypervisor;  // "VMware", or empty

  bool forwards = false;                // IPv4, on any interface
  std::string no_ingress_filter;        // why nftables cannot keep the kernel out; empty: it can
  int reverse_path = 0;                 // the rp_filter that holds for all interfaces
  std::string refused_visitors;         // asymmetric_interfaces(); empty: none
  bool answers_arp_for_others = false;  // proxy_arp
  bool has_tun_device = true, knows_tun = true;  // /dev/net/tun, the driver behind it
  std::vector<SeenRoute> routes;
  std::vector<SeenRule> rules;
  std::vector<Firewall> firewalls;
  bool could_read_firewall = true;
  std::uint64_t max_open_files = 0;  // that a process may open
  std::vector<AnsweringProgram> programs;
  std::string control;            // the socket that apiary ctl speaks to
  bool somebody_listens = false;  // there
  LinkView link;

  /// Those of the claim that are on the interface's own networks; neighbours ask for them by ARP.
  AddressSet on_link;
  /// All others, which a router must send here.
  AddressSet routed;
  /// The interface's first address, if it has one.
  std::optional<IpAddress> address;
};

}  // namespace apiary
