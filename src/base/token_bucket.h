#pragma once

#include <algorithm>

#include "base/time.h"

namespace apiary {

/// A token bucket without its rates, for tables of many: at most `burst` tokens, refilled at
/// `per_second`.
class TokenBucket {
 public:
  bool take(Instant now, double burst, double per_second) {
    if (!started_) {
      tokens_ = static_cast<float>(burst);
      started_ = true;
    } else {
      const double refill = in_seconds(now - last_) * per_second;
      tokens_ = static_cast<float>(std::min(burst, tokens_ + std::max(refill, 0.0)));
    }
    last_ = now;
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

 private:
  Instant last_{};
  float tokens_ = 0;
  bool started_ = false;
};

/// A token bucket with its rates.
class RateLimiter {
 public:
  RateLimiter(double burst, double per_second) : burst_(burst), per_second_(per_second) {}

  /// Takes a token if there is one at `now`.
  bool take(Instant now) { return tokens_.take(now, burst_, per_second_); }

 private:
  double burst_, per_second_;
  TokenBucket tokens_;
};

}  // namespace apiary
