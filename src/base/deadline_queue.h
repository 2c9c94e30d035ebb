#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/time.h"

namespace apiary {

/// What is due next: earliest first, ties in the order they came.
template <class T>
class DeadlineQueue {
 public:
  void push(Instant due, T item) {
    heap_.push_back({due, next_order_++, std::move(item)});
    std::push_heap(heap_.begin(), heap_.end(), later);
  }

  bool empty() const { return heap_.empty(); }
  std::size_t size() const { return heap_.size(); }

  /// When the first item is due; Instant::max() when there is none.
  Instant next_due() const { return heap_.empty() ? Instant::max() : heap_.front().due; }

  /// Takes the first item. REQUIRES: !empty().
  T pop() {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    T item = std::move(heap_.back().item);
    heap_.pop_back();
    return item;
  }

 private:
  struct Entry {
    Instant due;
    std::uint64_t order;
    T item;
  };
  static bool later(const Entry& a, const Entry& b) {
    return a.due != b.due ? a.due > b.due : a.order > b.order;
  }

  std::vector<Entry> heap_;
  std::uint64_t next_order_ = 0;
};

}  // namespace apiary
