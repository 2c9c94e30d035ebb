#pragma once

#include <cstdint>
#include <vector>

#include "base/address.h"
#include "wire/frame.h"

namespace apiary {

/// Remembers recent source addresses that may be answered, so that their next packets are not
/// checked again. Each address has one place, which it shares with others.
class VisitorCache {
 public:
  VisitorCache() : places_(number_of_places) {}

  bool has(const IpAddress& source, InterfaceId interface) const {
    return source.is_v4() && places_[place_of(source)] == entry_of(source, interface);
  }
  void add(const IpAddress& source, InterfaceId interface) {
    if (source.is_v4()) places_[place_of(source)] = entry_of(source, interface);
  }
  /// Forgets all, since what the check depends on changes.
  void clear() {
    ++generation_;
    if (generation_ % (1U << 24) == 0) places_.assign(number_of_places, 0);
  }

 private:
  static constexpr std::size_t number_of_places = 4'096;

  static std::size_t place_of(const IpAddress& source) {
    const std::uint32_t value = source.v4_value();
    return (value + (value >> 12) * 40'503) % number_of_places;
  }
  std::uint64_t entry_of(const IpAddress& source, InterfaceId interface) const {
    return std::uint64_t{source.v4_value()} << 32 | std::uint64_t{generation_ & 0xffffff} << 8 |
           interface.index;
  }

  std::vector<std::uint64_t> places_;
  std::uint32_t generation_ = 1;
};

}  // namespace apiary
