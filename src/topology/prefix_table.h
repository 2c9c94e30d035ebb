#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "base/address.h"

namespace apiary {

/// Whether all of `inner` lies in `outer`.
inline bool covers(const IpPrefix& outer, const IpPrefix& inner) {
  return outer.length() <= inner.length() && outer.contains(inner.first());
}

/// Values by prefix. Finds the longest prefix that contains another prefix; the later of equal
/// prefixes counts.
template <class T>
class PrefixTable {
 public:
  void add(const IpPrefix& network, T value) { entries_.push_back({network, std::move(value)}); }

  /// Call before the first lookup.
  void sort() {
    std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
      return a.network < b.network;  // by first address, the wider (shorter) prefix first
    });
    for (std::size_t i = 1; i < entries_.size(); ++i) {
      std::size_t around = i;  // the entry before it, or one that contains that
      while (around != 0 && !covers(entries_[around - 1].network, entries_[i].network))
        around = entries_[around - 1].around;
      entries_[i].around = around;
    }
  }

  const T* longest_prefix_match(const IpPrefix& target) const {
    const auto after = std::upper_bound(
        entries_.begin(), entries_.end(), target,
        [](const IpPrefix& prefix, const Entry& entry) { return prefix < entry.network; });
    auto at = static_cast<std::size_t>(after - entries_.begin());
    while (at != 0 && !covers(entries_[at - 1].network, target)) at = entries_[at - 1].around;
    return at == 0 ? nullptr : &entries_[at - 1].value;
  }

 private:
  struct Entry {
    IpPrefix network;
    T value;
    std::size_t around = 0;  // the index of the smallest prefix that contains it, plus 1; 0: none
  };
  std::vector<Entry> entries_;
};

}  // namespace apiary
