#pragma once

#include <algorithm>
#include <cstdint>

#include "base/time.h"
#include "personality/retransmission.h"

namespace apiary {

/// The retransmission timeout (RFC 6298), within the bounds of the system's rule.
class RetransmissionTimer {
 public:
  /// The timeout after a retransmitted SYN/ACK (RFC 6298, 5.7).
  static constexpr Duration unmeasured = seconds{3};

  /// Takes a measured round trip of a segment that was sent once (Karn's algorithm).
  void on_round_trip(Duration round_trip) {
    const auto measured = static_cast<std::int32_t>(
        std::clamp<Duration>(round_trip, microseconds{1}, longest) / microseconds{1});
    if (smoothed_ == 0) {
      smoothed_ = measured;
      variation_ = measured / 2;
    } else {
      const std::int32_t error = measured > smoothed_ ? measured - smoothed_ : smoothed_ - measured;
      variation_ += (error - variation_) / 4;
      smoothed_ += (measured - smoothed_) / 8;
    }
  }

  /// The smoothed round trip; zero before the first measurement.
  Duration smoothed() const { return microseconds{smoothed_}; }

  /// The SYN/ACK was retransmitted, so no round trip was measured.
  void begin_unmeasured() { handshake_was_repeated_ = true; }

  /// The timeout, doubled for each consecutive expiry.
  Duration timeout(int backoffs, const RetransmissionRule& rule) const {
    return std::min(once(rule) * (std::int64_t{1} << std::min(backoffs, 10)), rule.most);
  }

 private:
  Duration once(const RetransmissionRule& rule) const {
    if (smoothed_ == 0)
      return handshake_was_repeated_ ? std::max(unmeasured, rule.syn_ack_first)
                                     : rule.syn_ack_first;
    const Duration variation = 4 * microseconds{variation_};
    return std::clamp(microseconds{smoothed_} + std::max<Duration>(milliseconds{1}, variation),
                      rule.least, rule.most);
  }

  static constexpr Duration longest = minutes{5};
  std::int32_t smoothed_ = 0, variation_ = 0;  // microseconds; 0: not measured yet
  bool handshake_was_repeated_ = false;
};

}  // namespace apiary
