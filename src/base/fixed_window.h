#pragma once

#include <cstdint>
#include <utility>

#include "base/time.h"

namespace apiary {

/// Passes at most `max` calls in a second, and reports how many others an earlier second had. A
/// RateLimiter, which refills steadily, cannot say "more than 200 in a second".
class FixedWindow {
 public:
  constexpr explicit FixedWindow(std::uint64_t max) : max_(max) {}

  /// Whether one more passes at `now`. An exempt one counts, but always passes. If a second ended
  /// in which some did not pass, it calls `report(number)` first.
  template <class Report>
  bool take(Instant now, Report report, bool is_exempt = false) {
    if (is_over(now)) begin(now, report);
    if (++count_ <= max_ || is_exempt) return true;
    ++left_out_;
    return false;
  }
  /// When on_time() has something to report; Instant::max(): never.
  Instant next_due() const { return left_out_ > 0 ? began_ + seconds{1} : Instant::max(); }
  template <class Report>
  void on_time(Instant now, Report report) {
    // Calls may be older than `now`; they count for the second that begins.
    if (next_due() <= now) begin(now, report);
  }
  /// Reports those of the present second, too.
  template <class Report>
  void finish(Report report) {
    if (left_out_ > 0) report(std::exchange(left_out_, 0));
  }

 private:
  bool is_over(Instant now) const { return now - began_ >= seconds{1}; }
  template <class Report>
  void begin(Instant now, Report report) {
    began_ = now;
    count_ = 0;
    finish(report);
  }

  std::uint64_t max_;
  Instant began_{};
  std::uint64_t count_ = 0, left_out_ = 0;
};

}  // namespace apiary
