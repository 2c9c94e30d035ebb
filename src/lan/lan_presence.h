#pragma once

#include <memory>

#include "lan/arp.h"
#include "lan/background_arp.h"
#include "lan/dhcp_clients.h"
#include "lan/neighbour_monitor.h"

namespace apiary {

/// How the hosts appear to neighbours on the links of our interfaces, apart from IP datagrams: they
/// answer ARP, ask for their gateway, verify their neighbours, and lease addresses.
class LanPresence {
 public:
  /// Parts of the engine, which must outlive this object.
  struct Dependencies {
    const std::shared_ptr<const Honeynet>& honeynet;  // the present one
    const AddressSet& claimed;                        // the present ones
    std::span<const InterfaceSettings> interfaces;
    const HashKey& host_key;
    PacketSender& outlet;
  };
  /// `table_key` is of the tables whose keys neighbours choose.
  LanPresence(const Dependencies& dependencies, ArpMode arp, const Limits& limits,
              const HashKey& table_key, std::uint64_t seed);

  /// The hosts that answer on the links now.
  StationLookup stations() const {
    return {*deps_.honeynet, deps_.claimed, dhcp_, deps_.interfaces, deps_.host_key};
  }
  const DhcpClients& dhcp_clients() const { return dhcp_; }
  /// Whether there are hosts that neighbours on a link see as machines of their own.
  bool has_nics() const { return deps_.honeynet->has_nics() || !dhcp_.empty(); }

  void on_arp(Instant now, const ArpArrival& arrival, Outbox& out);
  /// Whether a datagram that came from `from` is for a DHCP client; if so it is done with.
  bool handle_dhcp(Instant now, InterfaceId interface, const MacAddress& from,
                   const IpDatagram& datagram, Outbox& out) {
    return dhcp_.handle(now, interface, from, datagram, out);
  }
  /// A datagram for `destination` came. Whoever sent the frame is a neighbour of that host, or of
  /// the first router on the way. `confirms`: it tells that what was sent before arrived.
  void note_neighbour(Instant now, const Egress& from, const IpAddress& destination, bool confirms);

  /// Whether a real machine is known to have `address`: then nothing may be answered for it.
  bool is_taken(Instant now, const IpAddress& address) { return arp_.is_taken(now, address); }
  /// Asks the link of `interface` who has `address`, unless that is known.
  void ask_for_owner(Instant now, InterfaceId interface, const IpAddress& address);

  void on_time(Instant now, Outbox& out);
  Instant next_due() const;
  void add_tables(std::vector<TableUse>& tables) const;
  void adopt(const Honeynet& honeynet, const AddressSet& claimed);

  /// An interface, or which addresses are claimed, has changed.
  void on_change();
  /// This machine has `addresses` now.
  void leave_to_machine(Instant now, const AddressSet& addresses, Outbox& out);
  /// Gives all leased addresses back.
  void release_leases(Instant now, Outbox& out) { dhcp_.release(now, out); }

 private:
  const Dependencies deps_;
  ArpResponder arp_;
  NeighbourMonitor neighbours_;
  BackgroundArp background_arp_;
  DhcpClients dhcp_;
  bool dhcp_is_stale_ = true;  // it does not know the present honeynet and interfaces yet
};

}  // namespace apiary
