#include "tcp/congestion.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

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

TEST(Congestion, HoldsItsWindowWhileSelectiveAcknowledgmentsShowTheHoles) {
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
  congestion.on_loss(8000, {9000});
  congestion.on_timeout(6000);
  EXPECT_EQ(congestion.window(), 1000U);
  EXPECT_FALSE(congestion.recovering());
  for (std::uint32_t i = 1; i <= 2; ++i) congestion.on_new_ack(1000, {1000 * i});
  EXPECT_EQ(congestion.window(), 3000U) << "slow start, up to half of what was in flight";
  congestion.on_new_ack(1000, {3000});
  EXPECT_EQ(congestion.window(), 3333U);
  congestion.on_timeout(1000);
  congestion.on_new_ack(300, {3300});
  EXPECT_EQ(congestion.window(), 1300U) << "slow start up to two segments at the least";
}

TEST(Congestion, CountsDuplicatesFromZeroAfterATimeOutAndANewAcknowledgment) {
  Congestion congestion;
  congestion.begin(1000, false);
  for (const bool is_timeout : {true, false}) {
    SCOPED_TRACE(is_timeout);
    for (int i = 0; i < 2; ++i) EXPECT_FALSE(congestion.on_duplicate_ack(10'000, {10'000}));
    if (is_timeout)
      congestion.on_timeout(10'000);
    else
      congestion.on_new_ack(1000, {1000});
  }
  for (int i = 0; i < 2; ++i) EXPECT_FALSE(congestion.on_duplicate_ack(10'000, {10'000}));
  EXPECT_TRUE(congestion.on_duplicate_ack(10'000, {10'000}));
}

TEST(Congestion, KeepsTwoSegmentsAtALossOfLittle) {
  for (const bool is_selective : {true, false}) {
    SCOPED_TRACE(is_selective);
    Congestion congestion;
    congestion.begin(1000, is_selective);
    congestion.on_loss(3000, {3000});
    EXPECT_EQ(congestion.window(), is_selective ? 2000U : 5000U) << "three have left the network";
    congestion.on_timeout(3000);
    congestion.on_new_ack(1000, {1000});
    congestion.on_new_ack(1000, {2000});
    EXPECT_EQ(congestion.window(), 2500U) << "the threshold is two segments";
  }
}

TEST(Congestion, FollowsWhatLeavesTheNetworkDuringRecovery) {  // RFC 5681 and 6582, section 3.2
  Congestion congestion;
  congestion.begin(1000, false);
  congestion.on_loss(20'000, {20'000});
  EXPECT_EQ(congestion.window(), 13'000U);
  EXPECT_FALSE(congestion.on_duplicate_ack(20'000, {20'000}));
  EXPECT_EQ(congestion.window(), 14'000U) << "a duplicate: a segment has arrived";
  EXPECT_TRUE(congestion.on_new_ack(4000, {4000}));
  EXPECT_EQ(congestion.window(), 11'000U) << "less what is acknowledged, and one for the next hole";
  EXPECT_TRUE(congestion.on_new_ack(15'999, {19'999}));
  EXPECT_EQ(congestion.window(), 1000U) << "never less than a segment";
  congestion.on_loss(20'000, {30'000});
  EXPECT_EQ(congestion.window(), 1000U) << "which is part of the same loss";
  EXPECT_FALSE(congestion.on_new_ack(1, {20'000}));
  EXPECT_EQ(congestion.window(), 10'000U);
}

TEST(Congestion, GrowsByAsMuchAsIsAcknowledgedButASegment) {  // RFC 5681 section 3.1
  Congestion congestion;
  congestion.begin(1000, false);
  congestion.on_new_ack(300, {300});
  EXPECT_EQ(congestion.window(), 10'300U);
  congestion.on_new_ack(5000, {5300});
  EXPECT_EQ(congestion.window(), 11'300U);
}

TEST(Congestion, GrowsByAByteWhereASegmentIsASmallPartOfTheWindow) {
  Congestion congestion;
  congestion.begin(88, false);
  congestion.on_loss(20'000, {20'000});
  congestion.on_new_ack(20'000, {20'000});
  ASSERT_EQ(congestion.window(), 10'000U);
  congestion.on_new_ack(88, {20'088});
  EXPECT_EQ(congestion.window(), 10'001U);
}

TEST(Congestion, StopsGrowingAtAGibibyte) {
  Congestion congestion;
  constexpr std::uint32_t mss = 1 << 29;  // so that it comes there soon
  congestion.begin(mss, false);
  congestion.on_new_ack(mss, {mss});
  EXPECT_EQ(congestion.window(), 1U << 30);
  congestion.on_loss(1U << 31, {mss});
  congestion.on_duplicate_ack(mss, {mss});
  EXPECT_EQ(congestion.window(), 1U << 30) << "in recovery, too";
}

TEST(Congestion, RestartsWithTheFirstWindowButNeverWithMore) {  // RFC 5681 section 4.1
  Congestion congestion;
  congestion.begin(1000, false);
  for (std::uint32_t i = 1; i <= 10; ++i) congestion.on_new_ack(1000, {1000 * i});
  ASSERT_EQ(congestion.window(), 20'000U);
  congestion.restart();
  EXPECT_EQ(congestion.window(), 10'000U);
  congestion.on_timeout(8000);
  congestion.restart();
  EXPECT_EQ(congestion.window(), 1000U);
}

TEST(Congestion, HalvesOnceForAllEchoesOfAWindow) {  // RFC 3168 section 6.1.2
  Congestion congestion;
  congestion.begin(1000, true);
  EXPECT_TRUE(congestion.on_echo(9000, {1000}, {10'000}));
  EXPECT_EQ(congestion.window(), 4500U);
  EXPECT_FALSE(congestion.on_echo(9000, {9999}, {12'000})) << "about the same window";
  EXPECT_EQ(congestion.window(), 4500U);
  congestion.on_new_ack(1000, {10'000});
  EXPECT_EQ(congestion.window(), 4722U) << "avoidance: it is at its threshold";
  EXPECT_TRUE(congestion.on_echo(3000, {10'000}, {12'000}));
  EXPECT_EQ(congestion.window(), 2000U) << "two segments at the least";
  congestion.on_loss(4000, {14'000});
  EXPECT_FALSE(congestion.on_echo(4000, {12'000}, {14'000})) << "a loss has halved it already";
}

}  // namespace
}  // namespace apiary
