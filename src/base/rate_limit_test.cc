#include <gtest/gtest.h>

#include "base/fixed_window.h"
#include "base/token_bucket.h"

namespace apiary {
namespace {

TEST(RateLimiter, PassesABurstAndThenItsRate) {
  RateLimiter limiter(3, 10);
  Instant now{hours{1}};
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limiter.take(now));
  EXPECT_FALSE(limiter.take(now));
  now += milliseconds{250};
  EXPECT_TRUE(limiter.take(now));
  EXPECT_TRUE(limiter.take(now));
  EXPECT_FALSE(limiter.take(now));
  now += hours{1};
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limiter.take(now));
  EXPECT_FALSE(limiter.take(now));
}

TEST(FixedWindow, PassesALimitedNumberASecondAndCountsTheOthers) {
  FixedWindow window(2);
  Instant now{hours{1}};
  EXPECT_TRUE(window.is_over(now));
  window.begin(now);
  EXPECT_TRUE(window.take());
  EXPECT_TRUE(window.take());
  EXPECT_EQ(window.next_due(), Instant::max());
  EXPECT_FALSE(window.take());
  EXPECT_TRUE(window.take(true)) << "exempt";
  EXPECT_FALSE(window.take());
  EXPECT_EQ(window.next_due(), now + seconds{1});
  now += seconds{1};
  EXPECT_TRUE(window.is_over(now));
  window.begin(now);
  EXPECT_TRUE(window.take());
  EXPECT_EQ(window.take_left_out(), 2U);
  EXPECT_EQ(window.take_left_out(), 0U);
}

}  // namespace
}  // namespace apiary
