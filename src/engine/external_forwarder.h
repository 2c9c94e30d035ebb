#pragma once

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

/// Where the virtual network leads on to what is real: which interface each tunnel of the topology
/// is, which machines stand behind which interface, and how visitors whose packets went there are
/// reached when an answer comes back.
class ExternalForwarder {
 public:
  /// Datagrams that wait until it is known where a machine is on its link.
  static constexpr std::size_t max_waiting = 3;
  /// How often it is asked for at most.
  static constexpr Duration ask_interval = seconds{1};

  /// `interfaces` must outlive it.
  ExternalForwarder(const Limits& limits, const HashKey& hash_key, const Honeynet& honeynet,
                    std::span<const InterfaceSettings> interfaces)
      : interfaces_(interfaces), visitors_(limits.forwarded_visitors, FlowHash{hash_key}) {
    adopt(honeynet, {});
  }

  /// Switches to another honeynet. Machines that stay are known as before.
  void adopt(const Honeynet& honeynet, const AddressSet& claimed);

  /// `interface` has become another: where machines are on its link is to be asked again.
  void forget(InterfaceId interface);

  /// The interface that `path` ends in; none: its tunnel is not open. REQUIRES: it ends in one.
  std::optional<InterfaceId> exit_of(const Path& path) const { return exits_[path.tunnel]; }
  /// Whether a real machine has `address`.
  bool is_machine(const IpAddress& address) const { return find(address) != nullptr; }
  /// The interface on whose link it is; none: it is not open. REQUIRES: is_machine(address).
  std::optional<InterfaceId> interface_of(const IpAddress& address) const {
    return find(address)->interface;
  }
  bool is_machine_on(const IpAddress& address, InterfaceId interface) const {
    return is_machine(address) && interface_of(address) == interface;
  }
  /// Whether what comes by `interface` may come from `source`, to which `path` leads.
  bool may_send(const IpAddress& source, const Path& path, InterfaceId interface) const;

  /// Hands a datagram on to the real machine at its destination, by the last router of `path`, as
  /// of `at`; or has it wait while that is asked for. REQUIRES: interface_of(datagram.destination).
  void send_to_machine(Instant now, Instant at, const Path& path, const IpDatagram& datagram,
                       PacketSender& outlet);
  /// An ARP message came by `interface`. Whether it is of a machine that stands there.
  bool hear_of(Instant now, InterfaceId interface, const ArpMessage& message, PacketSender& outlet);

  /// A packet of `visitor`, who is reached by `way`, is handed on.
  void note_visitor(const IpAddress& visitor, const Egress& way);
  /// How `visitor` is reached; nullptr: nothing of theirs was handed on, or long ago.
  const Egress* way_to(const IpAddress& visitor) { return visitors_.touch(visitor); }

  void on_time(Instant, Outbox&) {}  // datagrams wait for an answer, however long it takes
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
    std::optional<InterfaceId> interface;  // none: it is not open
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
  std::vector<std::optional<InterfaceId>> exits_;  // of the topology's tunnels
  std::vector<Machine> machines_;                  // by address, ascending
  LruMap<IpAddress, Egress, FlowHash> visitors_;
};

}  // namespace apiary
