#include "personality/timer_error.h"

#include <algorithm>

namespace apiary {
namespace {

/// The width of the slot in which Linux' timer wheel keeps a timer: 63 slots of a tick of 4 ms,
/// then of eight times as much each (kernel/time/timer.c).
Duration slot_of_wheel(Duration wait) {
  Duration slot = milliseconds{4};
  while (wait >= 63 * slot) slot *= 8;
  return slot;
}

/// At most, and negative if the timer is early.
Duration largest_error(TimerKind kind, Duration wait) {
  switch (kind) {
    case TimerKind::exact:
      return {};
    case TimerKind::coarse:
      return wait / 40;
    case TimerKind::half_seconds:
      return -std::min<Duration>(milliseconds{500}, wait / 2);
    case TimerKind::linux_wheel:
      return slot_of_wheel(wait);
  }
  return {};
}

}  // namespace

Duration timer_error(TimerKind kind, Duration wait, std::uint32_t chance) {
  constexpr std::int64_t shares = 1 << 16;
  const std::int64_t share = (chance * 0x9e3779b1U) >> 16;
  // In whole microseconds, as a half-open connection stores its time.
  return largest_error(kind, wait) / microseconds{1} * share / shares * microseconds{1};
}

}  // namespace apiary
