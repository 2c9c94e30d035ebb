#pragma once

#include <cstdint>

#include "base/time.h"

namespace apiary {

/// How exactly the timers of a system fire.
enum class TimerKind : std::uint8_t {
  exact,
  coarse,        // up to 2.5 % late
  half_seconds,  // at the next tick of a slow clock, so up to half a second early (4.4BSD)
  linux_wheel,   // late by a slot of a wheel whose slots grow with the interval (Linux since 4.8)
};

/// How much later than after `wait` a timer of the system fires. The same for the same `chance`, a
/// number of the connection.
Duration timer_error(TimerKind kind, Duration wait, std::uint32_t chance);

}  // namespace apiary
