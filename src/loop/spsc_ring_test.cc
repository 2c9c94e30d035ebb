#include "loop/spsc_ring.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <cstdint>
#include <thread>

#include "loop/wakeup.h"
#include "posix/without_signals.h"

namespace apiary {
namespace {

bool is_readable(const Wakeup& wakeup, int timeout_ms = 0) {
  pollfd waits{wakeup.descriptor(), POLLIN, 0};
  return poll(&waits, 1, timeout_ms) == 1;
}

TEST(SpscRing, HandsOverInOrderAndHasABound) {
  SpscRing<int> ring(4);
  EXPECT_EQ(ring.front(), nullptr);
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 4; ++i) {
      *ring.free_slot() = i;
      ring.push();
    }
    EXPECT_EQ(ring.free_slot(), nullptr) << "it is full";
    for (int i = 0; i < 4; ++i) {
      ASSERT_NE(ring.front(), nullptr);
      EXPECT_EQ(*ring.front(), i);
      ring.pop();
    }
    EXPECT_EQ(ring.front(), nullptr);
  }
}

TEST(SpscRing, ASlotsBuffersAreUsedAgain) {
  SpscRing<std::vector<int>> ring(2);
  for (int i = 0; i < 6; ++i) {
    std::vector<int>& slot = *ring.free_slot();
    if (i < 2) slot.reserve(100);
    EXPECT_GE(slot.capacity(), 100U);
    ring.push();
    ring.pop();
  }
}

TEST(SpscRing, LosesNothingBetweenTwoThreads) {
  constexpr std::uint64_t last = 200'000;
  SpscRing<std::uint64_t> ring(8);
  Wakeup filled, emptied;
  std::thread producer([&] {
    const WithoutSignals meanwhile;
    for (std::uint64_t i = 1; i <= last;) {
      std::uint64_t* slot = ring.free_slot();
      if (slot == nullptr) {
        emptied.take();
        slot = ring.free_slot();
      }
      if (slot == nullptr) {
        (void)is_readable(emptied, -1);
        continue;
      }
      *slot = i++;
      ring.push();
      filled.wake();
    }
  });
  for (std::uint64_t next = 1; next <= last;) {
    filled.take();
    if (ring.front() == nullptr) {
      ASSERT_TRUE(is_readable(filled, 10'000)) << next;
      continue;
    }
    for (; const std::uint64_t* const value = ring.front(); ring.pop()) ASSERT_EQ(*value, next++);
    emptied.wake();
  }
  producer.join();
}

TEST(Wakeup, IsReadableUntilItIsTaken) {
  Wakeup wakeup;
  EXPECT_FALSE(is_readable(wakeup));
  for (int i = 0; i < 3; ++i) {
    wakeup.wake();
    wakeup.wake();
    EXPECT_TRUE(is_readable(wakeup));
    wakeup.take();
    EXPECT_FALSE(is_readable(wakeup));
  }
}

}  // namespace
}  // namespace apiary
