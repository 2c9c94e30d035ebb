#include "config/bound_ranges.h"

#include <algorithm>

namespace apiary {
namespace {

using Key = std::pair<std::uint32_t, std::uint32_t>;

Key key_of(const AddressRange& range) { return {range.first.v4_value(), range.last.v4_value()}; }

bool is_prefix(const Key& range) {
  const std::uint32_t host_bits = range.second - range.first;
  return (host_bits & (host_bits + 1)) == 0 && (range.first & host_bits) == 0;
}

Key prefix_around(std::uint32_t address, unsigned host_bits) {
  const auto hosts = static_cast<std::uint32_t>((std::uint64_t{1} << host_bits) - 1);
  return {address & ~hosts, address | hosts};
}

bool overlap_in_part(const Key& a, const Key& b) {
  return (a.first < b.first && b.first <= a.second && a.second < b.second) ||
         (b.first < a.first && a.first <= b.second && b.second < a.second);
}

}  // namespace

std::size_t BoundRanges::add(const AddressRange& range, std::size_t index) {
  const Key key = key_of(range);
  if (is_prefix(key)) return prefixes_.try_emplace(key, index).first->second;
  longest_irregular_ = std::max(longest_irregular_, key.second - key.first);
  return irregular_.try_emplace(key, index).first->second;
}

std::pair<BoundRanges::Map::const_iterator, BoundRanges::Map::const_iterator>
BoundRanges::irregular_near(std::uint32_t first, std::uint32_t last) const {
  const std::uint32_t earliest = first - std::min(first, longest_irregular_);
  return {irregular_.lower_bound({earliest, 0}), irregular_.upper_bound({last, 0xffffffff})};
}

std::optional<std::size_t> BoundRanges::smallest_around(const IpAddress& address) const {
  const std::uint32_t value = address.v4_value();
  Map::const_iterator smallest = irregular_.end();
  const auto size = [](const Map::value_type& range) {
    return range.first.second - range.first.first;
  };
  const auto [from, to] = irregular_near(value, value);
  for (auto range = from; range != to; ++range)
    if (value <= range->first.second &&
        (smallest == irregular_.end() || size(*range) <= size(*smallest)))
      smallest = range;
  for (unsigned host_bits = 0; host_bits <= 32; ++host_bits)
    if (const auto known = prefixes_.find(prefix_around(value, host_bits));
        known != prefixes_.end())
      return smallest != irregular_.end() && size(*smallest) < size(*known) ? smallest->second
                                                                            : known->second;
  return smallest == irregular_.end() ? std::nullopt : std::optional(smallest->second);
}

std::optional<std::size_t> BoundRanges::overlapping_in_part(const AddressRange& range) const {
  const Key key = key_of(range);
  std::optional<Map::value_type> earliest;
  const auto consider = [&](const Map::value_type& other) {
    if (overlap_in_part(other.first, key) && (!earliest || other.first < earliest->first))
      earliest.emplace(other);
  };
  const auto [from, to] = irregular_near(key.first, key.second);
  std::for_each(from, to, consider);
  if (!is_prefix(key))  // a prefix that shares a part of it contains its first or its last address
    for (unsigned host_bits = 0; host_bits <= 32; ++host_bits)
      for (const std::uint32_t end : {key.first, key.second})
        if (const auto known = prefixes_.find(prefix_around(end, host_bits));
            known != prefixes_.end())
          consider(*known);
  return earliest ? std::optional(earliest->second) : std::nullopt;
}

}  // namespace apiary
