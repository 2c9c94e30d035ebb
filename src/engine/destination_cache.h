#pragma once

#include <cstdint>
#include <vector>

#include "base/address.h"
#include "honeynet/host_template.h"
#include "topology/topology.h"

namespace apiary {

/// What a version of the honeynet has at an address that is claimed, not leased, and not that of a
/// physical host.
struct Destination {
  const Path* path = nullptr;                      // null: no entry router is responsible for it
  const HostTemplatePtr* host_template = nullptr;  // may be dynamic; null: no host
  std::uint32_t host_slot = 0;                     // where HostTable found the host's state
};

/// Remembers the destinations of recent packets, so that a flood of packets does not repeat the
/// searches for them. Each address has one place, which it shares with others: who makes visitors'
/// packets collide there only makes them cost a search.
class DestinationCache {
 public:
  DestinationCache() : places_(number_of_places) {}

  /// The destination, valid until the next call; nullptr if it is not known.
  Destination* find(const IpAddress& address) {
    Place& place = place_of(address);
    return place.generation == generation_ && place.address == address.v4_value() && address.is_v4()
               ? &place.destination
               : nullptr;
  }
  /// REQUIRES: address.is_v4().
  Destination& add(const IpAddress& address, const Destination& destination) {
    Place& place = place_of(address);
    place = {address.v4_value(), generation_, destination};
    return place.destination;
  }
  /// Fetches the place of `address` into the processor's cache.
  void prefetch(const IpAddress& address) { __builtin_prefetch(&place_of(address)); }
  /// Forgets all, since the honeynet or the claimed addresses change.
  void clear() { ++generation_; }

 private:
  static constexpr std::size_t number_of_places = 65'536;
  struct Place {
    std::uint32_t address = 0, generation = 0;
    Destination destination;
  };

  /// Neighbouring addresses never share a place.
  Place& place_of(const IpAddress& address) {
    const std::uint32_t value = address.v4_value();
    return places_[(value + (value >> 16) * 40'503) % number_of_places];
  }

  std::vector<Place> places_;
  std::uint32_t generation_ = 1;
};

}  // namespace apiary
