#include "daemon/receive_moderation.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

constexpr std::size_t frame_bytes = 120;  // with the reply

/// Turns for 10 ms, each with `frames` frames.
ReceiveModeration after_turns(std::size_t frames, Duration every, bool is_all = true,
                              std::size_t bytes = frame_bytes) {
  ReceiveModeration pace;
  const Instant start{seconds{1'700'000'000}};
  for (Duration time{}; time < milliseconds{10}; time += every)
    pace.note(start + time, frames, frames * bytes, is_all);
  return pace;
}

TEST(ReceiveModeration, WaitsUnderLoad) {
  EXPECT_FALSE(ReceiveModeration().wants_rest());
  EXPECT_FALSE(after_turns(0, microseconds{100}).wants_rest());
  EXPECT_FALSE(after_turns(1, microseconds{100}).wants_rest()) << "10,000 a second";
  EXPECT_TRUE(after_turns(3, microseconds{100}).wants_rest()) << "30,000 a second";
  EXPECT_TRUE(after_turns(30, milliseconds{1}).wants_rest());
}

TEST(ReceiveModeration, DoesNotRestWhileMoreWaits) {
  EXPECT_FALSE(after_turns(256, microseconds{100}, false).wants_rest());
}

TEST(ReceiveModeration, DoesNotDelayBulkTransfers) {
  EXPECT_FALSE(after_turns(30, microseconds{100}, true, 1'600).wants_rest());
}

TEST(ReceiveModeration, RestsNoMoreOnceItIsQuiet) {
  ReceiveModeration pace = after_turns(100, microseconds{100});
  const Instant later{seconds{1'700'000'001}};
  pace.note(later, 1, frame_bytes, true);
  pace.note(later + milliseconds{1}, 1, frame_bytes, true);
  EXPECT_FALSE(pace.wants_rest());
}

}  // namespace
}  // namespace apiary
