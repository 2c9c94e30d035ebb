#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "base/huge_page_vector.h"
#include "base/time.h"

namespace apiary {

/// A priority queue of items by time: earliest first, to the nanosecond, ties in the order of
/// insertion. The cost of an insertion does not depend on the number of items (hierarchical timing
/// wheels, Varghese and Lauck 1987).
///
/// Time is divided into ticks, whose number has digits in base 256. Each digit has a wheel of 256
/// slots. An item is in the wheel of the highest digit in which its tick differs from the current
/// one, in the slot of that digit. When the time of a slot comes, its items move down to the lower
/// wheels. A small heap sorts the items of the current tick, and of earlier ones, exactly.
///
/// Items that are inserted in order of time need none of that: they wait in a queue, from which
/// pop() takes them as long as the wheels have nothing earlier.
template <class T>
class TimingWheel {
 public:
  void push(Instant due, T item) {
    const std::uint64_t order = next_order_++;
    if (queue_.empty() || due >= queue_.back().due) {
      queue_.push_back({due, order, std::move(item)});
      return;
    }
    const std::uint32_t node = take_node();
    nodes_[node].due = due;
    nodes_[node].order = order;
    nodes_[node].item = std::move(item);
    place(node);
    ++in_wheels_;
  }

  bool empty() const { return size() == 0; }
  std::size_t size() const { return in_wheels_ + queue_.size() - queue_begin_; }

  /// When the first item is due; Instant::max() if the wheel is empty.
  Instant next_due() const {
    const Instant queued = queue_.empty() ? Instant::max() : queue_[queue_begin_].due;
    return in_wheels_ == 0 ? queued : std::min(queued, next_in_wheels());
  }

  /// Takes the first item. REQUIRES: !empty().
  T pop() {
    if (in_wheels_ == 0 || (!queue_.empty() && queue_[queue_begin_].due < next_in_wheels()))
      return pop_queue();
    while (ready_.empty()) turn();
    const Ready& first = ready_.front();
    if (!queue_.empty() && later(first, queue_[queue_begin_])) return pop_queue();
    const std::uint32_t node = first.node;
    std::pop_heap(ready_.begin(), ready_.end(), later<Ready, Ready>);
    ready_.pop_back();
    T item = std::move(nodes_[node].item);
    free_.push_back(node);
    --in_wheels_;
    return item;
  }

  /// If the wheel is empty, advances the current tick to `now`. Optional: it makes later insertions
  /// cheaper.
  void catch_up(Instant now) {
    if (in_wheels_ == 0) present_ = std::max(present_, tick_of(now));
  }

 private:
  static constexpr int tick_bits = 16;  // of 65,536 ns
  static constexpr int digit_bits = 8;
  static constexpr std::size_t slots = std::size_t{1} << digit_bits;
  static constexpr std::size_t wheel_count = (63 - tick_bits + digit_bits - 1) / digit_bits;
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

  struct Node {
    Instant due{};
    std::uint64_t order = 0;
    T item{};
    std::uint32_t next = none;  // in its slot
  };
  struct Ready {
    Instant due;
    std::uint64_t order;
    std::uint32_t node;
  };
  struct Queued {
    Instant due;
    std::uint64_t order;
    T item;
  };
  struct Wheel {
    std::array<std::uint32_t, slots> first;
    std::array<Instant, slots> earliest;
    std::array<std::uint64_t, slots / 64> occupied{};

    Wheel() { first.fill(none); }
    bool empty() const {
      return std::all_of(occupied.begin(), occupied.end(), [](auto word) { return word == 0; });
    }
    std::size_t first_slot() const {
      std::size_t word = 0;
      while (occupied[word] == 0) ++word;
      return 64 * word + static_cast<std::size_t>(std::countr_zero(occupied[word]));
    }
  };

  template <class A, class B>
  static bool later(const A& a, const B& b) {
    return a.due != b.due ? a.due > b.due : a.order > b.order;
  }
  static std::uint64_t tick_of(Instant at) {
    const auto count = std::max<Instant::rep>(at.time_since_epoch().count(), 0);
    return static_cast<std::uint64_t>(count) >> tick_bits;
  }

  Instant next_in_wheels() const {
    if (!ready_.empty()) return ready_.front().due;
    const Wheel& wheel = wheels_[lowest_wheel()];
    return wheel.earliest[wheel.first_slot()];
  }

  T pop_queue() {
    T item = std::move(queue_[queue_begin_].item);
    if (++queue_begin_ == queue_.size()) {
      queue_.clear();
      queue_begin_ = 0;
    } else if (queue_begin_ >= 1024 && queue_begin_ >= queue_.size() / 2) {
      queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(queue_begin_));
      queue_begin_ = 0;
    }
    return item;
  }

  std::uint32_t take_node() {
    if (free_.empty()) {
      nodes_.emplace_back();
      return static_cast<std::uint32_t>(nodes_.size() - 1);
    }
    const std::uint32_t node = free_.back();
    free_.pop_back();
    return node;
  }

  /// Inserts the node into the slot for its time.
  void place(std::uint32_t node) {
    const Instant due = nodes_[node].due;
    const std::uint64_t tick = tick_of(due);
    if (tick <= present_) {
      ready_.push_back({due, nodes_[node].order, node});
      std::push_heap(ready_.begin(), ready_.end(), later<Ready, Ready>);
      return;
    }
    const auto digit = static_cast<std::size_t>(std::bit_width(tick ^ present_) - 1) / digit_bits;
    const std::size_t slot = tick >> digit * digit_bits & (slots - 1);
    Wheel& wheel = wheels_[digit];
    wheel.earliest[slot] = wheel.first[slot] == none ? due : std::min(wheel.earliest[slot], due);
    nodes_[node].next = wheel.first[slot];
    wheel.first[slot] = node;
    wheel.occupied[slot / 64] |= std::uint64_t{1} << slot % 64;
  }

  std::size_t lowest_wheel() const {
    std::size_t digit = 0;
    while (wheels_[digit].empty()) ++digit;
    return digit;
  }

  /// Advances to the time of the next occupied slot and empties it. REQUIRES: nothing is ready,
  /// some slot is occupied.
  void turn() {
    const std::size_t digit = lowest_wheel();
    Wheel& wheel = wheels_[digit];
    const std::size_t slot = wheel.first_slot();
    wheel.occupied[slot / 64] &= ~(std::uint64_t{1} << slot % 64);
    std::uint32_t node = std::exchange(wheel.first[slot], none);
    present_ = tick_of(wheel.earliest[slot]);  // the slot holds the first of all
    while (node != none) place(std::exchange(node, nodes_[node].next));
  }

  std::array<Wheel, wheel_count> wheels_;
  std::vector<Ready> ready_;  // a heap
  HugePageVector<Node> nodes_;
  std::vector<std::uint32_t> free_;
  std::uint64_t present_ = 0;  // the current tick: items up to it are in ready_
  std::uint64_t next_order_ = 0;
  std::size_t in_wheels_ = 0;
  std::vector<Queued> queue_;  // in order of time, from queue_begin_ on
  std::size_t queue_begin_ = 0;
};

}  // namespace apiary
