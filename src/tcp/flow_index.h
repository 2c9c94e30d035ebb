#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "base/flow_hash.h"

namespace apiary {

/// Finds the slots of a table by flow. The flows stay in the slots, so an entry costs eight bytes.
/// Once it has grown, at least three of eight entries are in use.
class FlowIndex {
 public:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

  explicit FlowIndex(const HashKey& key) : hash_{key} {}

  std::size_t size() const { return size_; }

  /// The slot of `flow`; none if unknown. `flow_of(slot)` returns the flow of a slot.
  template <class FlowOf>
  std::uint32_t find(const FlowKey& flow, FlowOf flow_of) const {
    if (size_ == 0) return none;
    const std::uint32_t hash = short_hash(flow);
    for (std::size_t at = hash & mask(); entries_[at].slot != none; at = (at + 1) & mask())
      if (entries_[at].hash == hash && flow_of(entries_[at].slot) == flow) return entries_[at].slot;
    return none;
  }

  /// REQUIRES: `flow` is unknown.
  void insert(const FlowKey& flow, std::uint32_t slot) {
    if ((size_ + 1) * 4 > entries_.size() * 3) grow();
    place({slot, short_hash(flow)});
    ++size_;
  }

  /// REQUIRES: `slot` was inserted with `flow`.
  void erase(const FlowKey& flow, std::uint32_t slot) {
    std::size_t hole = short_hash(flow) & mask();
    while (entries_[hole].slot != slot) hole = (hole + 1) & mask();
    // Entries that were displaced past the hole move into it.
    for (std::size_t at = (hole + 1) & mask(); entries_[at].slot != none; at = (at + 1) & mask()) {
      const std::size_t from_home = (at - entries_[at].hash) & mask();
      if (from_home < ((at - hole) & mask())) continue;
      entries_[hole] = entries_[at];
      hole = at;
    }
    entries_[hole] = {};
    --size_;
  }

 private:
  struct Entry {
    std::uint32_t slot = none, hash = 0;
  };

  std::size_t mask() const { return entries_.size() - 1; }
  std::uint32_t short_hash(const FlowKey& flow) const {
    return static_cast<std::uint32_t>(hash_(flow));
  }
  void place(const Entry& entry) {
    std::size_t at = entry.hash & mask();
    while (entries_[at].slot != none) at = (at + 1) & mask();
    entries_[at] = entry;
  }
  void grow() {
    std::vector<Entry> fewer(std::max<std::size_t>(16, 2 * entries_.size()));
    fewer.swap(entries_);
    for (const Entry& entry : fewer)
      if (entry.slot != none) place(entry);
  }

  FlowHash hash_;
  std::vector<Entry> entries_;  // open addressing; their number is a power of two
  std::size_t size_ = 0;
};

}  // namespace apiary
