#include <gtest/gtest.h>

#include "base/token_bucket.h"
#include "tcp/congestion.h"
#include "tcp/retransmission_timer.h"

namespace apiary {
namespace {

TEST(RetransmissionTimer, FollowsRoundTrips) {
  RetransmissionTimer timer;
  const RetransmissionRule rule;
  EXPECT_EQ(timer.timeout(0, rule), seconds{1}) << "before anything is known (RFC 6298 section 2)";
  timer.on_round_trip(milliseconds{500});
  EXPECT_EQ(timer.timeout(0, rule), milliseconds{1500}) << "SRTT + 4 RTTVAR, RTTVAR being half";
  for (int i = 0; i < 100; ++i) timer.on_round_trip(milliseconds{500});
  EXPECT_NEAR(in_seconds(timer.timeout(0, rule)), 0.501, 0.002);
  for (int i = 0; i < 100; ++i) timer.on_round_trip(microseconds{100});
  EXPECT_EQ(timer.timeout(0, rule), rule.least);
}

TEST(RetransmissionTimer, BacksOffUpToItsMaximum) {
  RetransmissionTimer timer;
  const RetransmissionRule rule{.most = seconds{60}};
  EXPECT_EQ(timer.timeout(1, rule), seconds{2});
  EXPECT_EQ(timer.timeout(4, rule), seconds{16});
  EXPECT_EQ(timer.timeout(6, rule), seconds{60});
  EXPECT_EQ(timer.timeout(200, rule), seconds{60});
  timer.begin_unmeasured();
  EXPECT_EQ(timer.timeout(0, rule), seconds{3}) << "RFC 6298 section 5.7";
}

TEST(Congestion, DoublesInSlowStartAndHalvesAtALoss) {
  Congestion congestion;
  congestion.begin(1000, false);
  EXPECT_EQ(congestion.window(), 10'000U);
  for (std::uint32_t i = 1; i <= 10; ++i)
    EXPECT_FALSE(congestion.on_new_ack(1000, SeqNumber{1000 * i}));
  EXPECT_EQ(congestion.window(), 20'000U);

  EXPECT_FALSE(congestion.on_duplicate_ack(20'000, {30'000}));
  EXPECT_FALSE(congestion.on_duplicate_ack(20'000, {30'000}));
  EXPECT_TRUE(congestion.on_duplicate_ack(20'000, {30'000})) << "the third means loss";
  EXPECT_FALSE(congestion.on_duplicate_ack(20'000, {30'000})) << "which is repaired once";
  EXPECT_TRUE(congestion.on_new_ack(5000, {15'000})) << "a partial one shows the next hole";
  EXPECT_FALSE(congestion.on_new_ack(15'000, {30'000})) << "recovery is over";
  EXPECT_EQ(congestion.window(), 10'000U);
  congestion.on_new_ack(1000, {31'000});
  EXPECT_EQ(congestion.window(), 10'100U) << "then it grows by a segment a round trip";
}

TEST(Congestion, HoldsItsWindowWhileSelectiveAcknowledgmentsTellWhatIsMissing) {
  Congestion congestion;
  congestion.begin(1000, true);
  congestion.on_loss(10'000, {10'000});
  EXPECT_EQ(congestion.window(), 5000U);
  EXPECT_FALSE(congestion.on_duplicate_ack(10'000, {10'000}));
  EXPECT_FALSE(congestion.on_new_ack(3000, {3000})) << "the scoreboard knows the next hole";
  congestion.on_loss(9000, {12'000});
  EXPECT_EQ(congestion.window(), 5000U) << "one loss, one halving";
  EXPECT_FALSE(congestion.on_new_ack(7000, {10'000}));
  EXPECT_FALSE(congestion.recovering());
}

TEST(Congestion, StartsOverAfterATimeOut) {
  Congestion congestion;
  congestion.begin(1000, false);
  congestion.on_timeout(8000);
  EXPECT_EQ(congestion.window(), 1000U);
}

TEST(TokenBucket, AllowsABurstAndThenARate) {
  TokenBucket bucket;
  Instant now{seconds{5}};
  int allowed = 0;
  for (int i = 0; i < 100; ++i) allowed += bucket.take(now, 10, 2);
  EXPECT_EQ(allowed, 10);
  now += seconds{3};
  for (int i = 0; i < 100; ++i) allowed += bucket.take(now, 10, 2);
  EXPECT_EQ(allowed, 16);
}

}  // namespace
}  // namespace apiary
