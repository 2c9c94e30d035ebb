#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "base/huge_page_vector.h"
#include "base/lru_list.h"
#include "base/prefetch.h"
#include "base/slot_index.h"

namespace apiary {

/// A hash table of at most `capacity` entries that evicts the least recently used one. For entries
/// that visitors can create. A reference is valid until its entry is removed or another one is
/// inserted.
template <class Key, class T, class Hash = std::hash<Key>>
class LruMap {
 public:
  explicit LruMap(std::size_t capacity, Hash hash = {}) : capacity_(capacity), index_(hash) {
    // Address space, not memory: an insertion that had to move a large table would stall packets.
    slots_.reserve(std::min(capacity, max_reserved_bytes / sizeof(Slot)));
    links_.reserve(std::min(capacity, max_reserved_bytes / sizeof(LruLinks)));
  }

  std::size_t size() const { return index_.size(); }
  std::size_t capacity() const { return capacity_; }
  /// The number of entries evicted because it was full.
  std::uint64_t evictions() const { return evictions_; }

  /// The value of `key`, which becomes the most recently used; nullptr if there is none.
  T* touch(const Key& key) {
    const std::uint32_t slot = slot_of(key);
    return slot == none ? nullptr : &touch_slot(slot);
  }
  /// The same for a `slot` that last_slot() returned, without a search; nullptr if the entry there
  /// has another key now.
  T* touch_at(std::uint32_t slot, const Key& key) {
    if (slot >= slots_.size() || !slots_[slot].value || !(slots_[slot].key == key)) return nullptr;
    return &touch_slot(slot);
  }
  /// Fetches what touch_at(slot) reads into the processor's cache.
  void prefetch_slot(std::uint32_t slot) const {
    if (slot >= slots_.size()) return;
    apiary::prefetch(slots_[slot]);
    apiary::prefetch(links_[slot]);
  }
  /// Fetches what a search for `key` reads first.
  void prefetch(const Key& key) const { index_.prefetch(key); }
  /// Fetches the value of `key`, some time after that.
  void prefetch_value(const Key& key) const {
    if (const std::uint32_t slot = index_.candidate(key); slot != none) prefetch_slot(slot);
  }
  /// Where the entry is that was touched or inserted last.
  std::uint32_t last_slot() const { return order_.youngest(); }

  /// The value of `key`, without changing the order; nullptr if there is none.
  T* find(const Key& key) {
    const std::uint32_t slot = slot_of(key);
    return slot == none ? nullptr : &*slots_[slot].value;
  }

  /// Adds an entry. Evicts the oldest if it is full. REQUIRES: !find(key), capacity() > 0.
  T& insert(const Key& key, T value) { return insert(index_.hash_of(key), key, std::move(value)); }
  /// The same as touch(), or else insert() of what `make()` returns.
  template <class Make>
  T& touch_or_insert(const Key& key, Make make) {
    const std::uint32_t hash = index_.hash_of(key);
    const std::uint32_t slot = slot_of(hash, key);
    return slot == none ? insert(hash, key, make()) : touch_slot(slot);
  }
  T& touch_or_insert(const Key& key) {
    return touch_or_insert(key, [] { return T{}; });
  }

  void erase(const Key& key) {
    if (const std::uint32_t slot = slot_of(key); slot != none) erase_slot(slot);
  }

  /// The least recently used key and value; nullptrs if it is empty.
  std::pair<const Key*, T*> oldest() {
    const std::uint32_t oldest = order_.oldest();
    if (oldest == LruList::none) return {};
    return {&slots_[oldest].key, &*slots_[oldest].value};
  }

  /// Calls `visit` with the keys and values of at most `limit` entries, the most recently used
  /// first.
  template <class Visit>
  void visit_latest(std::size_t limit, Visit visit) const {
    for (std::uint32_t at = order_.youngest(); at != LruList::none && limit > 0;
         at = links_[at].older, --limit)
      visit(slots_[at].key, *slots_[at].value);
  }

 private:
  static constexpr std::uint32_t none = LruList::none;
  static constexpr std::size_t max_reserved_bytes = std::size_t{64} << 20;
  struct Slot {
    Key key{};
    std::uint32_t hash = 0;  // of the key
    std::optional<T> value;
  };

  std::uint32_t slot_of(const Key& key) const { return slot_of(index_.hash_of(key), key); }
  std::uint32_t slot_of(std::uint32_t hash, const Key& key) const {
    return index_.find(hash, key,
                       [this](std::uint32_t slot) -> const Key& { return slots_[slot].key; });
  }
  T& insert(std::uint32_t hash, const Key& key, T value) {
    if (index_.size() >= capacity_) {
      ++evictions_;
      erase_slot(order_.oldest());
      prefetch_oldest();
    }
    const std::uint32_t slot = take_slot();
    slots_[slot].key = key;
    slots_[slot].hash = hash;
    slots_[slot].value = std::move(value);
    index_.insert_hash(hash, slot);
    order_.add(slot, links());
    return *slots_[slot].value;
  }
  auto links() {
    return [this](std::uint32_t slot) -> LruLinks& { return links_[slot]; };
  }
  T& touch_slot(std::uint32_t slot) {
    if (slot != order_.youngest()) {
      order_.remove(slot, links());
      order_.add(slot, links());
    }
    return *slots_[slot].value;
  }
  std::uint32_t take_slot() {
    if (free_.empty()) {
      slots_.emplace_back();
      links_.emplace_back();
      return static_cast<std::uint32_t>(slots_.size() - 1);
    }
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    return slot;
  }
  /// Fetches what the next evictions read: an entry's place in the index can be fetched only when
  /// its hash is there, so the entry after it is fetched meanwhile.
  void prefetch_oldest() const {
    const std::uint32_t next = order_.oldest();
    if (next == none) return;
    index_.prefetch_hash(slots_[next].hash);
    const std::uint32_t after_next = links_[next].younger;
    if (after_next == none) return;
    prefetch_slot(after_next);
    if (const std::uint32_t third = links_[after_next].younger; third != none)
      apiary::prefetch(links_[third]);
  }
  void erase_slot(std::uint32_t slot) {
    order_.remove(slot, links());
    index_.erase_hash(slots_[slot].hash, slot);
    slots_[slot].value.reset();
    free_.push_back(slot);
  }

  std::size_t capacity_;
  SlotIndex<Key, Hash> index_;
  HugePageVector<Slot> slots_;
  HugePageVector<LruLinks> links_;  // of the slots; apart, since the neighbours in order are cold
  std::vector<std::uint32_t> free_;
  LruList order_;
  std::uint64_t evictions_ = 0;
};

}  // namespace apiary
