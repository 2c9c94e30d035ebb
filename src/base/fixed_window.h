#pragma once

#include <cstdint>
#include <utility>

#include "base/time.h"

namespace apiary {

/// Passes at most `most` in a second, and counts the others until their number is reported.
class FixedWindow {
 public:
  constexpr explicit FixedWindow(std::uint64_t max) : max_(max) {}

  /// Whether the second of take() is over at `now`: what was left out is due for a report.
  bool is_over(Instant now) const { return now - began_ >= seconds{1}; }
  /// When that will be; Instant::max() when nothing was left out.
  Instant next_due() const { return left_out_ > 0 ? began_ + seconds{1} : Instant::max(); }

  /// Begins another second at `now`.
  void begin(Instant now) {
    began_ = now;
    count_ = 0;
  }
  /// Whether one more passes. `is_exempt`: it counts, but passes in any case.
  bool take(bool is_exempt = false) {
    if (++count_ <= max_ || is_exempt) return true;
    ++left_out_;
    return false;
  }
  /// How many were left out since the last call.
  std::uint64_t take_left_out() { return std::exchange(left_out_, 0); }

 private:
  std::uint64_t max_;
  Instant began_{};
  std::uint64_t count_ = 0, left_out_ = 0;
};

}  // namespace apiary
