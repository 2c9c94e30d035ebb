#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "base/address_set.h"

namespace apiary {

/// The bound ranges of IPv4 addresses, each with an index that the caller chose. Lookups look at
/// the 33 prefixes around an address, and one by one only at ranges that are no prefix, so that
/// 100,000 bound networks load in linear time.
class BoundRanges {
 public:
  /// Adds the range. Returns `index`, or the index of exactly this range if it was added before.
  std::size_t add(const AddressRange& range, std::size_t index);
  /// The smallest range that contains `address`.
  std::optional<std::size_t> smallest_around(const IpAddress& address) const;
  /// The first range, by address, that shares a part of `range` though neither contains the other.
  std::optional<std::size_t> overlapping_in_part(const AddressRange& range) const;

 private:
  using Key = std::pair<std::uint32_t, std::uint32_t>;  // first and last address
  using Map = std::map<Key, std::size_t>;

  /// The irregular ranges that may contain `first` or begin at or before `last`.
  std::pair<Map::const_iterator, Map::const_iterator> irregular_near(std::uint32_t first,
                                                                     std::uint32_t last) const;

  Map prefixes_;
  Map irregular_;                        // ranges that are no prefix
  std::uint32_t longest_irregular_ = 0;  // last - first
};

}  // namespace apiary
