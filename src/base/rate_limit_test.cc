#include <gtest/gtest.h>

#include <vector>

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

TEST(FixedWindow, PassesALimitedNumberASecondAndReportsTheOthers) {
  FixedWindow window(2);
  std::vector<std::uint64_t> reported;
  const auto report = [&](std::uint64_t number) { reported.push_back(number); };
  Instant now{hours{1}};
  EXPECT_TRUE(window.take(now, report));
  EXPECT_TRUE(window.take(now, report));
  EXPECT_EQ(window.next_due(), Instant::max());
  EXPECT_FALSE(window.take(now, report));
  EXPECT_TRUE(window.take(now, report, true)) << "exempt";
  EXPECT_FALSE(window.take(now, report));
  EXPECT_EQ(window.next_due(), now + seconds{1});
  window.on_time(now + milliseconds{999}, report);
  EXPECT_TRUE(reported.empty());
  now += seconds{1};
  EXPECT_TRUE(window.take(now, report));
  EXPECT_EQ(reported, std::vector<std::uint64_t>{2});
  EXPECT_TRUE(window.take(now, report));
  EXPECT_FALSE(window.take(now, report));
  window.on_time(now + seconds{1}, report);
  EXPECT_EQ(reported, (std::vector<std::uint64_t>{2, 1}));
  window.on_time(now + seconds{2}, report);
  window.finish(report);
  EXPECT_EQ(reported.size(), 2U) << "nothing to report";
}

}  // namespace
}  // namespace apiary
