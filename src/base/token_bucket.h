#pragma once

#include <algorithm>

#include "base/time.h"

namespace apiary {

/// An allowance that fills with time: at most `burst` at once, `per_second` in the long run.
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

}  // namespace apiary
