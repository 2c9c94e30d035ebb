#include "tcp/scoreboard.h"

#include <gtest/gtest.h>

#include <set>

#include "base/random.h"

namespace apiary {
namespace {

const SeqNumber base{0xffffff00};  // so that everything happens across the wrap

SackBlock block(std::uint32_t start, std::uint32_t end) { return {base + start, base + end}; }

TEST(Scoreboard, JoinsWhatTouches) {
  Scoreboard board;
  board.note(std::array{block(100, 200), block(300, 400)}, base, base + 1000);
  EXPECT_EQ(board.held_bytes(), 200U);
  EXPECT_EQ(board.hole_after(base), block(0, 100));
  EXPECT_EQ(board.hole_after(base + 150), block(200, 300));
  board.note(std::array{block(200, 300)}, base, base + 1000);
  EXPECT_EQ(board.held_bytes(), 300U);
  EXPECT_EQ(board.hole_after(base + 100), block(400, 400)) << "no hole above";
  EXPECT_EQ(board.missing_bytes(base, base + 1000), 100U);
}

TEST(Scoreboard, TakesNoNonsense) {
  struct Case {
    const char* name;
    SackBlock block;
  };
  for (const Case& c :
       {Case{"of what was never sent", block(900, 1100)}, Case{"backwards", block(300, 200)},
        Case{"of what comes next", block(60, 100)}, Case{"empty", block(300, 300)},
        Case{"of what is acknowledged", block(0, 50)}}) {
    SCOPED_TRACE(c.name);
    Scoreboard board;
    board.note(std::span(&c.block, 1), base + 60, base + 1000);
    EXPECT_TRUE(board.empty());
  }
}

TEST(Scoreboard, TakesWhatWasSentLast) {
  Scoreboard board;
  board.note(std::array{block(900, 1000)}, base, base + 1000);
  EXPECT_EQ(board.held_bytes(), 100U);
}

TEST(Scoreboard, NotesNoMoreRangesThanItsLimitButLetsThemGrow) {
  Scoreboard board;
  constexpr std::uint32_t max = Scoreboard::max_ranges;
  for (std::uint32_t i = 1; i <= max + 5; ++i)
    board.note(std::array{block(100 * i, 100 * i + 10)}, base, base + 10'000);
  EXPECT_EQ(board.held_bytes(), 10 * max);
  EXPECT_EQ(board.highest(), base + 100 * max + 10);
  board.note(std::array{block(110, 115), block(195, 200)}, base, base + 10'000);
  EXPECT_EQ(board.held_bytes(), 10 * max + 10) << "what touches a range belongs to it";
}

TEST(Scoreboard, AVisitorThatHoldsWhatItAsksForHasTakenItBack) {
  Scoreboard board;
  board.note(std::array{block(100, 200)}, base, base + 1000);
  board.forget_before(base + 100);
  EXPECT_TRUE(board.empty());
}

TEST(Scoreboard, ForgetsWhatArrived) {
  Scoreboard board;
  board.note(std::array{block(100, 200), block(300, 400)}, base, base + 1000);
  board.forget_before(base + 200);
  EXPECT_EQ(board.held_bytes(), 100U);
  board.forget_before(base + 350);
  EXPECT_TRUE(board.empty()) << "the visitor took back what it held";
}

TEST(Scoreboard, AgreesWithASlowModel) {
  Random random{11};
  for (int round = 0; round < 300; ++round) {
    Scoreboard board;
    std::set<std::uint32_t> held;
    for (int i = 0; i < 12; ++i) {
      const auto start = static_cast<std::uint32_t>(1 + random.below(480));
      const auto end = start + 1 + static_cast<std::uint32_t>(random.below(20));
      board.note(std::array{block(start, end)}, base, base + 600);
      for (std::uint32_t at = start; at < end; ++at) held.insert(at);
    }
    EXPECT_EQ(board.held_bytes(), held.size());
    const std::uint32_t highest = *held.rbegin() + 1;
    EXPECT_EQ(board.highest(), base + highest);
    EXPECT_EQ(board.missing_bytes(base, base + highest), highest - held.size());
  }
}

}  // namespace
}  // namespace apiary
