#pragma once

#include <chrono>

#include "base/time.h"

namespace apiary {

/// The only place where the daemon reads the time: the wall clock at the start, then a clock that
/// never jumps.
class SystemClock {
 public:
  Instant now() const {
    const auto elapsed = std::chrono::steady_clock::now() - began_;
    return started_ + std::chrono::duration_cast<Duration>(elapsed);
  }

 private:
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  Instant started_{
      std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch())};
};

}  // namespace apiary
