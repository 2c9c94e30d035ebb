#pragma once

#include <sys/time.h>

#include <chrono>

#include "base/time.h"

namespace apiary {

/// The time of a clock that never jumps, for intervals and rates. It is not the time of day: its
/// zero is arbitrary.
inline Instant steady_now() { return Instant{std::chrono::steady_clock::now().time_since_epoch()}; }

/// Without what is less than a microsecond.
inline timeval to_timeval(Duration duration) {
  const auto whole = std::chrono::floor<seconds>(duration);
  const auto rest = std::chrono::duration_cast<microseconds>(duration - whole);
  return {whole.count(), static_cast<suseconds_t>(rest.count())};
}

}  // namespace apiary
