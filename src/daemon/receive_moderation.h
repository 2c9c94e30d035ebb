#pragma once

#include <cstddef>

#include "base/time.h"

namespace apiary {

/// When much comes in, has it taken in larger portions: a turn of the loop costs much the same for
/// one frame as for a hundred, and in a flood others want the processor, the services before all.
/// (Network cards do the same, and call it interrupt moderation.)
class ReceiveModeration {
 public:
  static constexpr std::int64_t much_per_second = 20'000;
  // Less than the time a packet takes across any real network.
  static constexpr Duration rest = microseconds{200};

  /// Notes that a turn took so many frames; `is_all` unless more may wait already.
  void note(Instant now, std::size_t frames, bool is_all) {
    frames_ += static_cast<std::int64_t>(frames);
    is_all_ = is_all;
    const Duration passed = now - began_;
    if (passed < milliseconds{1}) return;
    is_much_ = passed < seconds{1} && frames_ * (seconds{1} / microseconds{1}) >=
                                          much_per_second * (passed / microseconds{1});
    began_ = now;
    frames_ = 0;
  }

  /// Whether the next turn should begin after a rest.
  bool wants_rest() const { return is_much_ && is_all_; }

 private:
  Instant began_{};
  std::int64_t frames_ = 0;
  bool is_much_ = false, is_all_ = true;
};

}  // namespace apiary
