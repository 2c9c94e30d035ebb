#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "base/huge_page_vector.h"
#include "base/prefetch.h"

namespace apiary {

/// Finds the slots of a table by key. The keys stay in the slots, so an entry costs eight bytes.
/// Once it has grown, at least three of eight entries are in use.
template <class Key, class Hash>
class SlotIndex {
 public:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

  explicit SlotIndex(Hash hash) : hash_(hash) {}

  std::size_t size() const { return size_; }

  /// The hash of `key` as this index stores it. The functions that take a hash need no other.
  std::uint32_t hash_of(const Key& key) const { return static_cast<std::uint32_t>(hash_(key)); }

  /// The slot of `key`; none if unknown. `key_of(slot)` returns the key of a slot.
  template <class KeyOf>
  std::uint32_t find(const Key& key, KeyOf key_of) const {
    return size_ == 0 ? none : find(hash_of(key), key, key_of);
  }
  template <class KeyOf>
  std::uint32_t find(std::uint32_t hash, const Key& key, KeyOf key_of) const {
    if (size_ == 0) return none;
    for (std::size_t at = hash & mask(); entries_[at].slot != none; at = (at + 1) & mask())
      if (entries_[at].hash == hash && key_of(entries_[at].slot) == key) return entries_[at].slot;
    return none;
  }

  /// A slot that may be that of `key`, by the hash alone; none if there is none.
  std::uint32_t candidate(const Key& key) const {
    if (size_ == 0) return none;
    const std::uint32_t hash = hash_of(key);
    for (std::size_t at = hash & mask(); entries_[at].slot != none; at = (at + 1) & mask())
      if (entries_[at].hash == hash) return entries_[at].slot;
    return none;
  }
  /// Fetches what the others read for `key` into the processor's cache.
  void prefetch(const Key& key) const { prefetch_hash(hash_of(key)); }
  void prefetch_hash(std::uint32_t hash) const {
    if (size_ > 0) apiary::prefetch(entries_[hash & mask()]);
  }

  /// REQUIRES: `key` is unknown.
  void insert(const Key& key, std::uint32_t slot) { insert_hash(hash_of(key), slot); }
  void insert_hash(std::uint32_t hash, std::uint32_t slot) {
    if ((size_ + 1) * 4 > entries_.size() * 3) grow();
    place({slot, hash});
    ++size_;
  }

  /// REQUIRES: `slot` was inserted with `key`.
  void erase(const Key& key, std::uint32_t slot) { erase_hash(hash_of(key), slot); }
  void erase_hash(std::uint32_t hash, std::uint32_t slot) {
    std::size_t hole = hash & mask();
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
  void place(const Entry& entry) {
    std::size_t at = entry.hash & mask();
    while (entries_[at].slot != none) at = (at + 1) & mask();
    entries_[at] = entry;
  }
  void grow() {
    HugePageVector<Entry> fewer(std::max<std::size_t>(16, 2 * entries_.size()));
    fewer.swap(entries_);
    for (const Entry& entry : fewer)
      if (entry.slot != none) place(entry);
  }

  Hash hash_;
  HugePageVector<Entry> entries_;  // open addressing; their number is a power of two
  std::size_t size_ = 0;
};

}  // namespace apiary
