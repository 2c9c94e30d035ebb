#pragma once

#include <cstddef>

#include "base/time.h"

namespace apiary {

/// Makes the loop receive larger batches under load: a turn costs nearly the same for one frame as
/// for a hundred, and in a flood other processes need the processor, above all the services.
/// Network cards do the same; they call it interrupt moderation. It spares bulk transfers: their
/// senders wait for acknowledgments, so that a delay slows them.
class ReceiveModeration {
 public:
  static constexpr std::int64_t much_per_second = 20'000;
  // Shorter than the latency of any real network.
  static constexpr Duration rest = microseconds{200};
  // Received and sent for each received frame, in a bulk transfer; in a flood, less.
  static constexpr std::int64_t bulk_bytes = 512;

  /// Counts what a turn received and sent. `is_all`: no more frames are waiting.
  void note(Instant now, std::size_t frames, std::size_t bytes, bool is_all) {
    frames_ += static_cast<std::int64_t>(frames);
    bytes_ += static_cast<std::int64_t>(bytes);
    is_all_ = is_all;
    const Duration passed = now - began_;
    if (passed < milliseconds{1}) return;
    is_much_ =
        passed < seconds{1} &&
        frames_ * (seconds{1} / microseconds{1}) >= much_per_second * (passed / microseconds{1}) &&
        bytes_ < bulk_bytes * frames_;
    began_ = now;
    frames_ = bytes_ = 0;
  }

  /// Whether the loop should sleep for `rest` before the next turn.
  bool wants_rest() const { return is_much_ && is_all_; }

 private:
  Instant began_{};
  std::int64_t frames_ = 0, bytes_ = 0;
  bool is_much_ = false, is_all_ = true;
};

}  // namespace apiary
