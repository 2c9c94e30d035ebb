#pragma once

#include <tsl/robin_map.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace apiary {

/// A hash table of at most `capacity` entries that evicts the least recently used one. For entries
/// that visitors can create. A reference is valid until its entry is removed or another one is
/// inserted.
template <class Key, class T, class Hash = std::hash<Key>>
class LruMap {
 public:
  explicit LruMap(std::size_t capacity, Hash hash = {}) : capacity_(capacity), index_(0, hash) {}

  std::size_t size() const { return index_.size(); }
  std::size_t capacity() const { return capacity_; }
  /// The number of entries evicted because it was full.
  std::uint64_t evictions() const { return evictions_; }

  /// The value of `key`, which becomes the most recently used; nullptr if there is none.
  T* touch(const Key& key) {
    const auto found = index_.find(key);
    if (found == index_.end()) return nullptr;
    unlink(found->second);
    link_youngest(found->second);
    return &*slots_[found->second].value;
  }

  /// The value of `key`, without changing the order; nullptr if there is none.
  T* find(const Key& key) {
    const auto found = index_.find(key);
    return found == index_.end() ? nullptr : &*slots_[found->second].value;
  }

  /// Adds an entry. Evicts the oldest if it is full. REQUIRES: !find(key), capacity() > 0.
  T& insert(const Key& key, T value) {
    if (index_.size() >= capacity_) {
      ++evictions_;
      erase_slot(oldest_);
    }
    const std::uint32_t slot = take_slot();
    slots_[slot].key = key;
    slots_[slot].value = std::move(value);
    index_.insert({key, slot});
    link_youngest(slot);
    return *slots_[slot].value;
  }

  void erase(const Key& key) {
    if (const auto found = index_.find(key); found != index_.end()) erase_slot(found->second);
  }

  /// The least recently used key and value; nullptrs if it is empty.
  std::pair<const Key*, T*> oldest() {
    if (oldest_ == none) return {};
    return {&slots_[oldest_].key, &*slots_[oldest_].value};
  }

  /// Calls `visit` with the keys and values of at most `limit` entries, the most recently used
  /// first.
  template <class Visit>
  void visit_latest(std::size_t limit, Visit visit) const {
    for (std::uint32_t at = youngest_; at != none && limit > 0; at = slots_[at].older, --limit)
      visit(slots_[at].key, *slots_[at].value);
  }

 private:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
  struct Slot {
    Key key{};
    std::optional<T> value;
    std::uint32_t older = none, younger = none;
  };

  std::uint32_t take_slot() {
    if (free_.empty()) {
      slots_.emplace_back();
      return static_cast<std::uint32_t>(slots_.size() - 1);
    }
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    return slot;
  }
  void erase_slot(std::uint32_t slot) {
    unlink(slot);
    index_.erase(slots_[slot].key);
    slots_[slot].value.reset();
    free_.push_back(slot);
  }
  void unlink(std::uint32_t slot) {
    const Slot& s = slots_[slot];
    (s.older == none ? oldest_ : slots_[s.older].younger) = s.younger;
    (s.younger == none ? youngest_ : slots_[s.younger].older) = s.older;
  }
  void link_youngest(std::uint32_t slot) {
    slots_[slot].older = youngest_;
    slots_[slot].younger = none;
    (youngest_ == none ? oldest_ : slots_[youngest_].younger) = slot;
    youngest_ = slot;
  }

  std::size_t capacity_;
  tsl::robin_map<Key, std::uint32_t, Hash> index_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::uint32_t oldest_ = none, youngest_ = none;
  std::uint64_t evictions_ = 0;
};

}  // namespace apiary
