#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "base/flow_hash.h"
#include "base/lru_map.h"
#include "base/table_use.h"
#include "honeynet/honeynet.h"
#include "host/limits.h"
#include "host/outbox.h"
#include "host/packet_sender.h"

namespace apiary {

/// The exits of the simulated network: the interface of each GRE tunnel, the interface and MAC
/// address of each physical host, and the egress of each visitor whose packets were forwarded.
class ExternalForwarder {
 public:
  /// Datagrams that wait for the MAC address of a machine.
  static constexpr std::size_t max_waiting = 3;
  /// The least time between two ARP requests for a machine.
  static constexpr Duration ask_interval = seconds{1};

  /// `interfaces` must outlive it.
  ExternalForwarder(const Limits& limits, const HashKey& hash_key, const Honeynet& honeynet,
                    std::span<const InterfaceSettings> interfaces)
      : interfaces_(interfaces), visitors_(limits.forwarded_visitors, FlowHash{hash_key}) {
    adopt(honeynet, {});
  }

  /// Switches to another honeynet. Keeps the MAC addresses of machines that stay.
  void adopt(const Honeynet& honeynet, const AddressSet& claimed);

  /// `interface` was replaced: forgets the MAC addresses of the machines on its link.
  void forget(InterfaceId interface);

  /// The interface of the tunnel at the end of `path`; none if it is not open. REQUIRES: `path`
  /// ends in a tunnel.
  std::optional<InterfaceId> exit_of(const Path& path) const { return exits_[path.tunnel]; }
  bool is_tunnel(InterfaceId interface) const {
    return std::ranges::find(exits_, std::optional(interface)) != exits_.end();
  }
  /// Whether `address` is that of a physical host.
  bool is_machine(const IpAddress& address) const { return find(address) != nullptr; }
  /// The interface on whose link it is; none if that is not open. REQUIRES: is_machine(address).
  std::optional<InterfaceId> interface_of(const IpAddress& address) const {
    return find(address)->interface;
  }
  bool is_machine_on(const IpAddress& address, InterfaceId interface) const {
    return is_machine(address) && interface_of(address) == interface;
  }
  /// Whether packets of `source`, to which `path` leads, may arrive by `interface`.
  bool may_send(const IpAddress& source, const Path& path, InterfaceId interface) const;

  /// Forwards a datagram at `at` to the physical host at its destination, as the last router of
  /// `path`. If the MAC address is unknown, asks for it and queues the datagram. REQUIRES:
  /// interface_of(datagram.destination).
  void send_to_machine(Instant now, Instant at, const Path& path, const IpDatagram& datagram,
                       PacketSender& outlet);
  /// Handles an ARP message that `interface` received. Returns whether a physical host there sent
  /// it.
  bool hear_of(Instant now, InterfaceId interface, const ArpMessage& message, PacketSender& outlet);

  /// Remembers that a packet of `visitor`, whose egress is `way`, was forwarded.
  void note_visitor(const IpAddress& visitor, const Egress& way);
  /// The egress of `visitor`; nullptr if none of its packets was forwarded, or if the entry was
  /// evicted.
  const Egress* way_to(const IpAddress& visitor) { return visitors_.touch(visitor); }

  void on_time(Instant, Outbox&) {}  // queued datagrams have no timeout
  static Instant next_due() { return Instant::max(); }
  void add_tables(std::vector<TableUse>& tables) const { tables.push_back(use()); }
  TableUse use() const { return use_of("forwarded_visitors", visitors_); }

 private:
  struct Waiting {
    Instant at;
    std::vector<std::uint8_t> datagram;
  };
  struct Machine {
    IpAddress address;
    std::optional<InterfaceId> interface;  // none: not open
    std::optional<MacAddress> mac{};
    Instant asked = Instant::min();
    std::vector<Waiting> waiting{};
  };

  const Machine* find(const IpAddress& address) const;
  Machine* find(const IpAddress& address) {
    return const_cast<Machine*>(std::as_const(*this).find(address));
  }
  static Egress way_to(const Machine& machine, const PacketSender& outlet) {
    return {*machine.interface, *machine.mac, outlet.interface(*machine.interface).mac};
  }
  static void ask_for(Instant now, Machine& machine, const Path& path, PacketSender& outlet);

  const std::span<const InterfaceSettings> interfaces_;
  std::vector<std::optional<InterfaceId>> exits_;  // one for each tunnel of the topology
  std::vector<Machine> machines_;                  // by address, ascending
  LruMap<IpAddress, Egress, FlowHash> visitors_;
};

}  // namespace apiary
