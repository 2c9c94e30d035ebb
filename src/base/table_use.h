#pragma once

#include <cstdint>
#include <string_view>

namespace apiary {

/// Entries and evictions of a bounded table.
struct TableUse {
  std::string_view name;  // static: that of the limit in Limits
  std::size_t entries = 0, most = 0;
  std::uint64_t evictions = 0;
};

/// The use of an LruMap.
template <class Map>
TableUse use_of(std::string_view name, const Map& map) {
  return {name, map.size(), map.capacity(), map.evictions()};
}

}  // namespace apiary
