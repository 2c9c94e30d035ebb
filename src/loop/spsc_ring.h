#pragma once

#include <atomic>
#include <bit>
#include <cassert>
#include <cstddef>
#include <vector>

namespace apiary {

/// A bounded queue from one thread to one other, without locks. Its slots are filled in place and
/// used again, so that those with buffers of their own allocate nothing in steady state.
template <class Slot>
class SpscRing {
 public:
  /// REQUIRES: `capacity` is a power of 2.
  explicit SpscRing(std::size_t capacity) : slots_(capacity) {
    assert(std::has_single_bit(capacity));
  }

  // The one thread calls these.
  /// The slot to fill next; nullptr if the ring is full.
  Slot* free_slot() {
    const std::size_t next = filled_.load(std::memory_order_relaxed);
    return next - emptied_.load(std::memory_order_acquire) == slots_.size() ? nullptr : &slot(next);
  }
  /// Hands over the slot that free_slot() returned.
  void push() { filled_.fetch_add(1, std::memory_order_release); }

  // The other thread calls these.
  /// The oldest filled slot; nullptr if there is none.
  Slot* front() {
    const std::size_t next = emptied_.load(std::memory_order_relaxed);
    return next == filled_.load(std::memory_order_acquire) ? nullptr : &slot(next);
  }
  /// Returns the slot of front().
  void pop() { emptied_.fetch_add(1, std::memory_order_release); }

 private:
  static constexpr std::size_t cache_line_bytes = 64;

  Slot& slot(std::size_t number) { return slots_[number & (slots_.size() - 1)]; }

  std::vector<Slot> slots_;
  alignas(cache_line_bytes) std::atomic<std::size_t> filled_ = 0;   // slots, ever
  alignas(cache_line_bytes) std::atomic<std::size_t> emptied_ = 0;  // slots, ever
};

}  // namespace apiary
