#pragma once

#include <chrono>
#include <cstdint>

namespace apiary {

class SandboxGroup;

/// Detects that the kernel refused a program more processes. If the sandbox's control group limits
/// them, the kernel counts refusals. Otherwise, a program that was seen at its limit counts as
/// refused.
class RefusedForks {
 public:
  using Clock = std::chrono::steady_clock;

  /// `group` outlives this object; null: the sandbox has none that counts refusals.
  explicit RefusedForks(const SandboxGroup* group);

  /// A program starts.
  void begin();
  /// Has POLLPRI when take() should be called; -1: not now.
  int descriptor(Clock::time_point now) const;
  /// Whether some were refused since the last call that returned true, or since begin(). True at
  /// most once a second, so that a fork bomb causes few reports.
  bool take(Clock::time_point now, bool is_at_bound);

 private:
  const SandboxGroup* group_;
  std::uint64_t counted_ = 0;
  Clock::time_point next_{};
};

}  // namespace apiary
