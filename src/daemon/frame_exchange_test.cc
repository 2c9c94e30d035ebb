#include "daemon/frame_exchange.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

TEST(FrameExchange, HandsOverCopiesInOrderToTheRightShard) {
  Wakeup wakeups[3];
  FrameExchange exchange({&wakeups[0], &wakeups[1], &wakeups[2]});
  std::vector<std::uint8_t> bytes{0};
  for (std::uint8_t i = 0; i < 10; ++i) {
    bytes[0] = i;
    EXPECT_TRUE(exchange.add(0, i % 2 == 0 ? 1 : 2, {{Bytes(bytes)}, {i}, Instant{seconds{i}}}));
  }
  for (const std::size_t to : {1U, 2U})
    EXPECT_FALSE(exchange.has_frames(to)) << "not before flush()";
  exchange.flush(0);
  bytes[0] = 99;
  for (const std::size_t to : {1U, 2U}) {
    EXPECT_TRUE(exchange.has_frames(to));
    std::uint8_t next = static_cast<std::uint8_t>(to - 1);
    exchange.take(to, [&](const FrameExchange::Entry& entry) {
      EXPECT_EQ(entry.frame.bytes[0], next);
      EXPECT_EQ(entry.interface.index, next);
      EXPECT_EQ(entry.arrived, Instant{seconds{next}});
      next = static_cast<std::uint8_t>(next + 2);
    });
    EXPECT_EQ(next, 10 + to - 1);
    EXPECT_FALSE(exchange.has_frames(to));
  }
}

TEST(FrameExchange, RefusesFramesForAShardThatIsTooFarBehind) {
  Wakeup wakeups[2];
  FrameExchange exchange({&wakeups[0], &wakeups[1]});
  const std::vector<std::uint8_t> bytes(60);
  std::size_t taken = 0, added = 0;
  while (exchange.add(0, 1, {{Bytes(bytes)}, {0}, Instant{}})) ++added;
  EXPECT_GT(added, 10'000U);
  EXPECT_TRUE(exchange.add(0, 0, {{Bytes(bytes)}, {0}, Instant{}})) << "other rings have room";
  while (exchange.has_frames(1)) exchange.take(1, [&](const FrameExchange::Entry&) { ++taken; });
  EXPECT_EQ(taken, added);
  EXPECT_TRUE(exchange.add(0, 1, {{Bytes(bytes)}, {0}, Instant{}}));
}

}  // namespace
}  // namespace apiary
