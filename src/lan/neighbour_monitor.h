#pragma once

#include "base/flow_hash.h"
#include "base/lru_map.h"
#include "base/random.h"
#include "base/table_use.h"
#include "base/timing_wheel.h"
#include "host/packet_sender.h"
#include "lan/station_lookup.h"

namespace apiary {

/// Neighbour unreachability detection (RFC 4861 section 7.3) by hosts with NICs: they verify that
/// the neighbours they send to are still there. Linux, and Windows since Vista, do it for ARP too,
/// so a host that never sends such requests would be conspicuous.
class NeighbourMonitor {
 public:
  // RFC 4861 section 10.
  static constexpr Duration delay_first_probe_time = seconds{5}, retransmit_time = seconds{1},
                            base_reachable_time = seconds{30};
  static constexpr int unicast_probes = 3;

  NeighbourMonitor(const Limits& limits, const HashKey& hash_key, Random random)
      : random_(random),
        addresses_(limits.neighbours, MacHash{hash_key}),
        pairs_(limits.neighbours, PairHash{hash_key}) {}

  /// Handles a neighbour's ARP message, which shows its MAC address; a reply confirms that it is
  /// reachable.
  void on_arp(Instant now, const ArpMessage& message);

  /// A station receives a packet from the neighbour at `from`, and answers. `confirms`: the packet
  /// acknowledges earlier ones.
  void on_datagram(Instant now, const Egress& from, const Station& station, bool confirms);

  void on_time(Instant now, const StationLookup& stations, PacketSender& outlet);
  Instant next_due() const { return deadlines_.next_due(); }
  TableUse use() const { return use_of("neighbours", pairs_); }

 private:
  struct Pair {
    IpAddress host, neighbour;
    bool operator==(const Pair&) const = default;
  };
  struct MacHash {
    HashKey key;
    std::size_t operator()(const MacAddress& mac) const noexcept {
      return keyed_hash(key, mac.bytes);
    }
  };
  struct PairHash {
    HashKey key;
    std::size_t operator()(const Pair& pair) const noexcept {
      return FlowHash{key}({.remote = {pair.neighbour, {}}, .local = {pair.host, {}}});
    }
  };
  struct Reachability {
    InterfaceId interface;
    MacAddress mac;  // of the neighbour
    Instant until{};
    bool is_being_verified = false;
    int probes_sent = 0;
  };

  void confirm(Instant now, Reachability& of);

  Random random_;
  LruMap<MacAddress, IpAddress, MacHash> addresses_;
  LruMap<Pair, Reachability, PairHash> pairs_;
  TimingWheel<Pair> deadlines_;
};

}  // namespace apiary
