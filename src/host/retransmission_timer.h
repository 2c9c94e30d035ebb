#pragma once

#include <algorithm>

#include "base/time.h"

namespace apiary {

/// How long to wait for an acknowledgment (RFC 6298).
class RetransmissionTimer {
 public:
  static constexpr Duration initial = seconds{1};
  static constexpr Duration unmeasured = seconds{3};
  static constexpr Duration minimum = milliseconds{200};  // below the RFC's 1 s, as systems do
  static constexpr Duration maximum = seconds{60};

  /// A round trip was measured, on a segment that was sent once (Karn's rule).
  void on_round_trip(Duration measured) {
    if (smoothed_ == Duration{}) {
      smoothed_ = measured;
      variation_ = measured / 2;
    } else {
      const Duration error = measured > smoothed_ ? measured - smoothed_ : smoothed_ - measured;
      variation_ += (error - variation_) / 4;
      smoothed_ += (measured - smoothed_) / 8;
    }
    timeout_ = std::clamp(smoothed_ + std::max<Duration>(milliseconds{1}, 4 * variation_), minimum,
                          maximum);
  }

  /// The SYN/ACK had to be sent again, so nothing is known of the round trip (RFC 6298, 5.7).
  void begin_unmeasured() { timeout_ = unmeasured; }

  /// The time-out, doubled for each time it ran out in a row.
  Duration timeout(int backoffs) const {
    return std::min(timeout_ * (std::int64_t{1} << std::min(backoffs, 10)), maximum);
  }

 private:
  Duration timeout_ = initial;
  Duration smoothed_{}, variation_{};
};

}  // namespace apiary
