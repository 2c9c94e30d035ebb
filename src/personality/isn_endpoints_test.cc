#include <gtest/gtest.h>

#include <array>

#include "personality/personality.h"
#include "personality/stack_state.h"

namespace apiary {
namespace {

constexpr Instant isn_start{seconds{1'790'000'000}};

TEST(IsnEndpointsTest, IsnsOfAPairOfEndpointsGrowWithAClock) {  // RFC 6528
  Personality personality = generic_personality();
  personality.isn.tick_nanoseconds = 64;
  StackState stack(personality, 99, isn_start);
  constexpr Endpoints one{1, 1}, another{1, 2};
  for (const Duration spacing : {Duration{milliseconds{1}}, Duration{milliseconds{20}},
                                 Duration{milliseconds{330}}, Duration{seconds{1}}}) {
    Instant now = isn_start + hours{1};
    SeqNumber before = stack.draw_isn(personality.isn, now, one);
    for (int i = 0; i < 50; ++i) {
      const SeqNumber others = stack.draw_isn(personality.isn, now, another);
      now += spacing;
      const SeqNumber isn = stack.draw_isn(personality.isn, now, one);
      EXPECT_EQ(isn.value - before.value, static_cast<std::uint32_t>(spacing.count() / 64));
      EXPECT_NE(isn.value - others.value, static_cast<std::uint32_t>(spacing.count() / 64));
      before = isn;
    }
  }
}

TEST(IsnEndpointsTest, IsnsOfAPairOfEndpointsGrowAtTheIntervalsOfNmap) {
  Personality personality = generic_personality();
  personality.isn.tick_nanoseconds = 64;
  StackState stack(personality, 99, isn_start);
  Instant now = isn_start;
  std::uint32_t before = stack.draw_isn(personality.isn, now, Endpoints{1, 1}).value;
  for (int i = 0; i < 20; ++i) {
    const std::uint32_t isn =
        stack.draw_isn(personality.isn, now += milliseconds{100}, Endpoints{1, 1}).value;
    EXPECT_EQ(isn - before, 100'000'000 / 64);
    before = isn;
  }
}

TEST(IsnEndpointsTest, IsnsOfManyEndpointsAreUniform) {
  Personality personality = generic_personality();
  personality.isn.tick_nanoseconds = 64;
  StackState stack(personality, 99, isn_start);
  std::array<int, 64> counts{};
  Instant now = isn_start;
  constexpr int draws = 6400;
  for (std::uint32_t ports = 0; ports < draws; ++ports)
    ++counts[stack.draw_isn(personality.isn, now += milliseconds{1}, Endpoints{1, ports}).value >>
             26];
  double chi_squared = 0;
  for (const int count : counts) chi_squared += (count - 100.0) * (count - 100.0) / 100.0;
  EXPECT_LT(chi_squared, 110) << "63 degrees of freedom: more happens once in 5,000 times";
}

}  // namespace
}  // namespace apiary
