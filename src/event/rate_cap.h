#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "base/fixed_window.h"
#include "event/event.h"

namespace apiary {

/// A FixedWindow for events of one sort: it reports those that it left out as a `limit` event.
class RateCap {
 public:
  using PendingEvents = std::vector<std::pair<Instant, EventBody>>;

  /// `name`, `description`: of the limit, as events::Limit has them.
  constexpr RateCap(std::string_view name, std::string_view description, std::size_t max)
      : name_(name), description_(description), window_(max) {}

  /// Whether one more passes. Appends an event about those that an earlier second left out.
  bool take(Instant at, PendingEvents& pending) {
    return window_.take(at, Report{*this, at, pending});
  }
  void on_time(Instant now, PendingEvents& pending) {
    window_.on_time(now, Report{*this, now, pending});
  }
  Instant next_due() const { return window_.next_due(); }
  /// Appends an event about those that are not reported yet.
  void finish(Instant now, PendingEvents& pending) { window_.finish(Report{*this, now, pending}); }

 private:
  struct Report {
    RateCap& cap;
    Instant at;
    PendingEvents& pending;

    void operator()(std::uint64_t left_out) const {
      cap.total_ += left_out;
      pending.emplace_back(at, events::Limit{cap.name_, cap.description_, left_out, cap.total_});
    }
  };

  std::string_view name_, description_;
  FixedWindow window_;
  std::uint64_t total_ = 0;
};

}  // namespace apiary
