#include <gtest/gtest.h>

#include <vector>

#include "base/token_bucket.h"
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

TEST(RetransmissionTimer, SmoothsRoundTripsAsRfc6298Says) {
  struct Case {
    const char* name;
    std::vector<Duration> round_trips;
    Duration expected;
  };
  // SRTT + 4 RTTVAR; a new one moves SRTT by an eighth, RTTVAR by a quarter (section 2.3).
  for (const Case& c : {Case{"longer", {milliseconds{400}, milliseconds{800}}, milliseconds{1450}},
                        Case{"shorter", {milliseconds{800}, milliseconds{200}}, milliseconds{2525}},
                        Case{"none to speak of", {Duration{}}, microseconds{1001}},
                        Case{"half a microsecond", {Duration{500}}, microseconds{1001}},
                        Case{"of twenty minutes", {minutes{20}}, minutes{15}}}) {
    SCOPED_TRACE(c.name);
    RetransmissionTimer timer;
    for (const Duration round_trip : c.round_trips) timer.on_round_trip(round_trip);
    EXPECT_EQ(timer.timeout(0, {.least = {}, .most = minutes{60}}), c.expected);
  }
}

TEST(RetransmissionTimer, DoublesAtMostTenTimes) {
  const RetransmissionRule rule{.most = minutes{60}};
  EXPECT_EQ(RetransmissionTimer{}.timeout(10, rule), seconds{1024});
  EXPECT_EQ(RetransmissionTimer{}.timeout(11, rule), seconds{1024});
}

TEST(RetransmissionTimer, WaitsNoLessThanTheSystemDoesAfterARepeatedHandshake) {
  RetransmissionTimer timer;
  timer.begin_unmeasured();
  EXPECT_EQ(timer.timeout(0, {.syn_ack_first = seconds{5}, .most = minutes{1}}), seconds{5});
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
