#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "base/address.h"

namespace apiary {

/// Longest-prefix match over IPv4; immutable. It flattens the prefixes into disjoint ranges, so a
/// lookup is one binary search however the prefixes nest.
template <class T>
class PrefixMap {
 public:
  using Entry = std::pair<IpPrefix, T>;

  PrefixMap() = default;
  /// The later one of two entries with the same prefix counts.
  explicit PrefixMap(std::vector<Entry> entries) : entries_(std::move(entries)) {
    std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
      return a.first < b.first;  // by first address, the wider (shorter) prefix first
    });
    flatten();
  }

  /// The value of the longest prefix that contains `address`; nullptr if none does.
  const T* find(const IpAddress& address) const {
    if (!address.is_v4()) return nullptr;
    const std::size_t after = ranges_begun_by(address.v4_value());
    if (after == 0) return nullptr;
    const int entry = owners_[after - 1];
    return entry == no_owner ? nullptr : &entries_[static_cast<std::size_t>(entry)].second;
  }

  const std::vector<Entry>& entries() const { return entries_; }

 private:
  static constexpr int no_owner = -1;

  /// The number of ranges that start at or before `value`. The binary search has no branches, which
  /// the processor could not predict.
  std::size_t ranges_begun_by(std::uint32_t value) const {
    const std::uint32_t* from = starts_.data();
    std::size_t left = starts_.size();
    while (left > 1) {
      const std::size_t half = left / 2;
      from += half * static_cast<std::size_t>(from[half - 1] <= value);
      left -= half;
    }
    const auto passed = static_cast<std::size_t>(from - starts_.data());
    return passed + (left == 1 && *from <= value ? 1 : 0);
  }

  void start_range(std::uint64_t at, int owner) {
    if (at > 0xffffffff) return;
    const auto start = static_cast<std::uint32_t>(at);
    if (!starts_.empty() && starts_.back() == start) {
      owners_.back() = owner;
      return;
    }
    starts_.push_back(start);
    owners_.push_back(owner);
  }

  void close_until(std::vector<int>& open, std::uint64_t at) {
    while (!open.empty()) {
      const std::uint64_t end =
          std::uint64_t{entries_[static_cast<std::size_t>(open.back())].first.last().v4_value()} +
          1;
      if (end > at) return;
      open.pop_back();
      start_range(end, open.empty() ? no_owner : open.back());
    }
  }

  void flatten() {
    std::vector<int> open;  // the prefixes around the present point, widest first
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const std::uint64_t first = entries_[i].first.first().v4_value();
      close_until(open, first);
      open.push_back(static_cast<int>(i));
      start_range(first, open.back());
    }
    close_until(open, std::uint64_t{1} << 32);
  }

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> starts_;  // of the ranges, ascending
  std::vector<int> owners_;            // the entry each range belongs to
};

}  // namespace apiary
