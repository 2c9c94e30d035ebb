#pragma once

#include <cstdint>

#include "base/address.h"
#include "base/huge_page_vector.h"
#include "base/prefetch.h"
#include "honeynet/host_template.h"
#include "topology/topology.h"

namespace apiary {

/// The host and the path of an address in a version of the honeynet: one that is claimed, not
/// leased, and not that of a physical host.
struct Destination {
  const Path* path = nullptr;                      // null: no entry router is responsible for it
  const HostTemplatePtr* host_template = nullptr;  // may be dynamic; null: no host
  std::uint32_t host_slot = 0;                     // where HostTable found the host's state
};

/// Remembers the destinations of recent packets, so that a flood of packets does not repeat the
/// searches for them. Each address has one slot, which it shares with others: a collision
/// only costs a search.
class DestinationCache {
 public:
  DestinationCache() : slots_(slot_count) {}

  /// The destination, valid until the next call; nullptr if it is not known.
  Destination* find(const IpAddress& address) {
    Slot& slot = slot_of(address);
    return slot.generation == generation_ && slot.address == address.v4_value() && address.is_v4()
               ? &slot.destination
               : nullptr;
  }
  /// REQUIRES: address.is_v4().
  Destination& add(const IpAddress& address, const Destination& destination) {
    Slot& slot = slot_of(address);
    slot = {address.v4_value(), generation_, destination};
    return slot.destination;
  }
  /// Fetches the slot of `address` into the processor's cache.
  void prefetch(const IpAddress& address) { apiary::prefetch(slot_of(address)); }
  /// Forgets all, since the honeynet or the claimed addresses change.
  void clear() { ++generation_; }

 private:
  static constexpr std::size_t slot_count = 65'536;
  struct Slot {
    std::uint32_t address = 0, generation = 0;
    Destination destination;
  };

  /// Neighbouring addresses never share a slot.
  Slot& slot_of(const IpAddress& address) {
    const std::uint32_t value = address.v4_value();
    return slots_[(value + (value >> 16) * 40'503) % slot_count];
  }

  HugePageVector<Slot> slots_;
  std::uint32_t generation_ = 1;
};

}  // namespace apiary
