#pragma once

#include <memory>

#include "base/shard_share.h"
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
    const std::shared_ptr<const Honeynet>& honeynet;  // the current one
    const AddressSet& claimed;                        // the current ones
    std::span<const InterfaceSettings> interfaces;
    const HashKey& host_key;
    PacketSender& outlet;
    ShardShare share{};  // the hosts that appear, of all that are claimed
  };
  /// `table_key` is for the tables whose keys neighbours choose.
  LanPresence(const Dependencies& dependencies, ArpMode arp, const Limits& limits,
              const HashKey& table_key, std::uint64_t seed);

  /// The hosts and routers that answer on the links now.
  StationLookup stations() const {
    return {*deps_.honeynet, deps_.claimed, dhcp_, deps_.interfaces, deps_.host_key};
  }
  const DhcpClients& dhcp_clients() const { return dhcp_; }
  /// Whether any host has a NIC of its own.
  bool has_nics() const { return deps_.honeynet->has_nics() || !dhcp_.empty(); }

  void on_arp(Instant now, const ArpArrival& arrival, Outbox& out);
  /// Handles a datagram from the MAC address `from` if it is for a DHCP client. Returns whether it
  /// was.
  bool handle_dhcp(Instant now, InterfaceId interface, const MacAddress& from,
                   const IpDatagram& datagram, Outbox& out) {
    return dhcp_.handle(now, interface, from, datagram, out);
  }
  /// Notes the sender of a frame to `destination` as a neighbour of that host, or of the first
  /// router on the path. `confirms`: the frame acknowledges earlier packets.
  void note_neighbour(Instant now, const Egress& from, const IpAddress& destination, bool confirms);

  /// Whether a real machine is known to have `address`, so that hosts must not answer for it.
  bool is_taken(Instant now, const IpAddress& address) { return arp_.is_taken(now, address); }
  /// As ArpResponder::may_speak().
  bool may_speak(Instant now, InterfaceId interface, const Station& station) {
    return arp_.may_speak(now, interface, station.address, station, deps_.outlet);
  }
  /// Sends an ARP probe for `address` on `interface`, unless its owner is known.
  void ask_for_owner(Instant now, InterfaceId interface, const IpAddress& address);

  void on_time(Instant now, Outbox& out);
  Instant next_due() const;
  void add_tables(std::vector<TableUse>& tables) const;
  void adopt(const Honeynet& honeynet, const AddressSet& claimed);

  /// An interface, or which addresses are claimed, has changed.
  void on_change();
  /// This machine has `addresses` now.
  void leave_to_machine(Instant now, const AddressSet& addresses, Outbox& out);
  /// Releases all leased addresses.
  void release_leases(Instant now, Outbox& out) { dhcp_.release(now, out); }

 private:
  const Dependencies deps_;
  ArpResponder arp_;
  NeighbourMonitor neighbours_;
  BackgroundArp background_arp_;
  DhcpClients dhcp_;
  bool dhcp_is_stale_ = true;  // it does not have the current honeynet and interfaces yet
};

}  // namespace apiary
