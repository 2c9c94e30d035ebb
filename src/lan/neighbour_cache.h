#pragma once

#include <optional>

#include "base/flow_hash.h"
#include "base/lru_map.h"
#include "base/table_use.h"
#include "host/packet_sender.h"
#include "lan/station_lookup.h"

namespace apiary {

/// A machine on the link of an interface.
struct Neighbour {
  InterfaceId interface;
  IpAddress address;
  bool operator==(const Neighbour&) const = default;
};

/// The MAC addresses of the neighbours to which hosts send first, by ARP (RFC 826).
class NeighbourCache {
 public:
  /// How long a MAC address is used after the neighbour's last ARP message, and the least time
  /// between two requests for it (RFC 1122 section 2.3.2.1).
  static constexpr Duration lifetime = minutes{1}, ask_interval = seconds{1};

  NeighbourCache(const Limits& limits, const HashKey& hash_key)
      : entries_(limits.neighbours, Hash{hash_key}) {}

  std::optional<MacAddress> find(Instant now, const Neighbour& neighbour);
  /// Sends an ARP request of `station`, unless one for the neighbour was sent in the last second.
  /// On a link to whose networks the station does not belong, this machine is its router, and asks
  /// with its own address; so it does if `is_anonymous`.
  void ask(Instant now, const Neighbour& neighbour, const Station& station, bool is_anonymous,
           PacketSender& outlet);
  /// Handles an ARP message that shows the MAC address of its sender.
  void on_arp(Instant now, InterfaceId interface, const ArpMessage& message);
  void clear();

  TableUse use() const { return use_of("asked_neighbours", entries_); }

 private:
  struct Hash {
    FlowHash hash;
    std::size_t operator()(const Neighbour& one) const noexcept {
      return hash({.remote = {one.address, Port{one.interface.index}}, .local = {}});
    }
  };
  struct Entry {
    std::optional<MacAddress> mac{};
    Instant heard = Instant::min(), asked = Instant::min();
  };

  LruMap<Neighbour, Entry, Hash> entries_;
};

}  // namespace apiary
