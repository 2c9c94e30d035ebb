#pragma once

#include <chrono>
#include <cstdint>

namespace apiary {

/// The clock of the simulated network. It has no now(): reading the time in the core does not
/// compile, so time is always an argument.
struct NetworkClock {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = std::chrono::duration<rep, period>;
  using time_point = std::chrono::time_point<NetworkClock>;
  static constexpr bool is_steady = true;
};

using Duration = NetworkClock::duration;

/// A point in time, in nanoseconds since the Unix epoch. It never decreases while a daemon runs.
using Instant = NetworkClock::time_point;

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

/// `duration` in seconds, with fraction.
constexpr double in_seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

/// `seconds_count` seconds, rounded to the nanosecond.
constexpr Duration from_seconds(double seconds_count) {
  return Duration{
      static_cast<Duration::rep>(seconds_count * 1e9 + (seconds_count < 0 ? -0.5 : 0.5))};
}

}  // namespace apiary
