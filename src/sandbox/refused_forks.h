#pragma once

#include <chrono>
#include <cstdint>

namespace apiary {

class SandboxGroup;

/// Says that the kernel refused a program more processes. Where the sandbox's control group bounds
/// them, the kernel counts refusals. Elsewhere a program that was seen at its bound counts as
/// refused.
class RefusedForks {
 public:
  using Clock = std::chrono::steady_clock;

  /// `group` outlives this object; null: the sandbox has none that counts refusals.
  explicit RefusedForks(const SandboxGroup* group);

  /// A program starts.
  void begin();
  /// Has POLLPRI when take() is to be called; -1: not now.
  int descriptor(Clock::time_point now) const;
  /// Whether some were refused since the last call that returned true, or since begin(). True at
  /// most once a second: a fork bomb is one matter.
  bool take(Clock::time_point now, bool is_at_bound);

 private:
  const SandboxGroup* group_;
  std::uint64_t counted_ = 0;
  Clock::time_point next_{};
};

}  // namespace apiary
