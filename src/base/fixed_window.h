#pragma once

#include <cstdint>
#include <utility>

#include "base/time.h"

namespace apiary {

/// Passes at most `most` calls in a second, and counts the others until the caller reports them.
class FixedWindow {
 public:
  constexpr explicit FixedWindow(std::uint64_t max) : max_(max) {}

  /// Whether the second of take() has ended at `now`, so that the suppressed calls are due for a
  /// report.
  bool is_over(Instant now) const { return now - began_ >= seconds{1}; }
  /// When it ends; Instant::max() if it suppressed nothing.
  Instant next_due() const { return left_out_ > 0 ? began_ + seconds{1} : Instant::max(); }

  /// Starts the next second at `now`.
  void begin(Instant now) {
    began_ = now;
    count_ = 0;
  }
  /// Whether one more passes. An exempt one counts, but always passes.
  bool take(bool is_exempt = false) {
    if (++count_ <= max_ || is_exempt) return true;
    ++left_out_;
    return false;
  }
  /// The number suppressed since the last call.
  std::uint64_t take_left_out() { return std::exchange(left_out_, 0); }

 private:
  std::uint64_t max_;
  Instant began_{};
  std::uint64_t count_ = 0, left_out_ = 0;
};

}  // namespace apiary
