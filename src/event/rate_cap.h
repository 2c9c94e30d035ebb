#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "base/fixed_window.h"
#include "event/event.h"

namespace apiary {

/// Passes at most `most` events of a kind in a second. Counts those beyond, and reports their
/// number.
class RateCap {
 public:
  using PendingEvents = std::vector<std::pair<Instant, EventBody>>;

  /// `name`, `description`: of the limit, as events::Limit has them.
  constexpr RateCap(std::string_view name, std::string_view description, std::size_t most)
      : name_(name), description_(description), window_(most) {}

  /// Whether one more passes. Appends an event about those that an earlier second left out.
  bool take(Instant at, PendingEvents& pending) {
    if (window_.is_over(at)) begin(at, pending);
    return window_.take();
  }
  void on_time(Instant now, PendingEvents& pending) {
    // Events may be older than `now`; they count for the second that begins.
    if (next_due() <= now) begin(now, pending);
  }
  Instant next_due() const { return window_.next_due(); }
  /// Appends an event about those that are not reported yet.
  void finish(Instant now, PendingEvents& pending) { begin(now, pending); }

 private:
  void begin(Instant at, PendingEvents& pending) {
    window_.begin(at);
    const std::uint64_t left_out = window_.take_left_out();
    if (left_out == 0) return;
    total_ += left_out;
    pending.emplace_back(at, events::Limit{name_, description_, left_out, total_});
  }

  std::string_view name_, description_;
  FixedWindow window_;
  std::uint64_t total_ = 0;
};

}  // namespace apiary
