#include "topology/channel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace apiary {
namespace {

const Instant start{seconds{1'700'000'000}};

/// The delays, in milliseconds and ascending, of packets a second apart; those lost are left out.
std::vector<double> delays(const LinkQuality& link, int packets = 20'000) {
  Channel channel{Random{5}};
  std::vector<double> found;
  for (int i = 0; i < packets; ++i) {
    const Instant at = start + seconds{i};
    const LinkOutcome outcome = channel.cross(link, at, 1'000);
    if (!outcome.loss) found.push_back(in_seconds(outcome.at - at) * 1e3);
  }
  std::sort(found.begin(), found.end());
  return found;
}

double at_share(const std::vector<double>& ascending, double share) {
  return ascending[static_cast<std::size_t>(share * static_cast<double>(ascending.size() - 1))];
}

TEST(Channel, APacketTakesItsSizeInTime) {
  const LinkQuality link{.latency = milliseconds{5}, .bits_per_second = 10'000'000};
  Channel channel{Random{1}};
  EXPECT_EQ(channel.cross(link, start, 1'500).at, start + microseconds{6'200});
  EXPECT_EQ(channel.cross(link, start, 1'500).at, start + microseconds{7'400}) << "it queues";
  EXPECT_EQ(channel.cross(link, start + milliseconds{2}, 750).at, start + microseconds{8'000});
  EXPECT_EQ(channel.cross(link, start + milliseconds{9}, 125).at, start + microseconds{14'100});
}

TEST(Channel, ALateEventIsSortedByItsTime) {
  const LinkQuality link{.bits_per_second = 1'000'000};  // 8 ms for 1,000 bytes
  Channel channel{Random{1}};
  EXPECT_EQ(channel.cross(link, start + milliseconds{20}, 1'000).at, start + milliseconds{28});
  EXPECT_EQ(channel.cross(link, start, 1'000).at, start + milliseconds{8});
  EXPECT_EQ(channel.cross(link, start + milliseconds{15}, 1'000).at, start + milliseconds{36})
      << "it would still have been on the wire";
}

TEST(Channel, TheBufferHoldsTheLongerOfTimeAndBytes) {
  struct Case {
    const char* name;
    std::uint64_t bits_per_second;
    Duration longest;
  };
  for (const Case& c : {Case{"a modem", 64'000, seconds{3}},
                        Case{"a line of 10 Mbit/s", 10'000'000, milliseconds{100}},
                        Case{"an endless one", 0, {}}}) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(LinkQuality{.bits_per_second = c.bits_per_second}.max_queue(), c.longest);
  }
}

TEST(Channel, EarlyDropGrowsWithTheQueue) {
  // Between 10 and 30 ms; at 20 ms half is dropped.
  const LinkQuality link{.bits_per_second = 1'000'000,
                         .early_drop = EarlyDrop{milliseconds{10}, milliseconds{30}}};
  struct Case {
    Duration queue;
    double share;
  };
  for (const Case& c : {Case{milliseconds{9}, 0}, Case{milliseconds{12}, 0.1},
                        Case{milliseconds{20}, 0.5}, Case{milliseconds{28}, 0.9}}) {
    SCOPED_TRACE(c.queue.count());
    Channel channel{Random{3}};
    int dropped = 0;
    for (int i = 0; i < 10'000; ++i) {
      const Instant at = start + seconds{i};
      const auto size = static_cast<std::size_t>(c.queue / Duration{8'000});
      EXPECT_FALSE(channel.cross(link, at, size).loss) << "it makes the queue";
      dropped += channel.cross(link, at, 100).loss == LinkLoss::early_drop;
    }
    EXPECT_NEAR(dropped, 10'000 * c.share, 150);
  }
}

TEST(Channel, JitterHasTheShapeItIsCalledBy) {
  struct Case {
    Jitter::Shape shape;
    double low, middle, high;  // at 2.5 %, 50 % and 97.5 %, for 100 ms and a spread of 10 ms
  };
  // Of Pareto's, x = u^(-1/3): (x - 1.5) / 0.866 is -0.568 at 2.5 %, -0.277 at 50 %, 2.217 at 97.5
  // %.
  for (const Case& c : {Case{Jitter::Shape::uniform, 90.5, 100, 109.5},
                        Case{Jitter::Shape::normal, 80.4, 100, 119.6},
                        Case{Jitter::Shape::pareto, 94.32, 97.23, 122.17}}) {
    SCOPED_TRACE(static_cast<int>(c.shape));
    const auto found = delays(
        {.latency = milliseconds{100}, .jitter = {.spread = milliseconds{10}, .shape = c.shape}});
    EXPECT_NEAR(at_share(found, 0.025), c.low, 0.7);
    EXPECT_NEAR(at_share(found, 0.5), c.middle, 0.4);
    EXPECT_NEAR(at_share(found, 0.975), c.high, 0.7);
  }
}

TEST(Channel, NoDelayIsNegative) {
  const auto found =
      delays({.latency = milliseconds{1},
              .jitter = {.spread = milliseconds{10}, .shape = Jitter::Shape::normal}});
  EXPECT_EQ(found.front(), 0);
}

TEST(Channel, LossComesInBursts) {
  // Bursts begin with 1 % of the packets and end with 20 %: five packets long on the average, and
  // 1/21 of all packets are in one.
  const LinkQuality link{.burst_loss = BurstLoss{.to_bad = percent(1), .to_good = percent(20)}};
  Channel channel{Random{11}};
  int lost = 0, bursts = 0;
  bool was_lost = false;
  for (int i = 0; i < 200'000; ++i) {
    const bool is_lost = channel.cross(link, start, 100).loss.has_value();
    lost += is_lost;
    bursts += is_lost && !was_lost;
    was_lost = is_lost;
  }
  EXPECT_NEAR(link.mean_loss().value, 1 / 21.0, 1e-9);
  EXPECT_NEAR(lost, 200'000 / 21.0, 500);
  EXPECT_NEAR(static_cast<double>(lost) / bursts, 5, 0.3);
}

TEST(Channel, BurstsMaySpareSomeAndPeaceLoseSome) {
  const LinkQuality link{.burst_loss = BurstLoss{.to_bad = percent(10),
                                                 .to_good = percent(10),
                                                 .loss_when_bad = percent(60),
                                                 .loss_when_good = percent(20)}};
  EXPECT_NEAR(link.mean_loss().value, 0.4, 1e-9);
  EXPECT_NEAR(static_cast<double>(delays(link, 50'000).size()), 30'000, 600);
}

TEST(Channel, SomeCrossWithoutTheLatency) {
  const auto found = delays({.latency = milliseconds{10}, .reorder = percent(25)});
  EXPECT_NEAR(static_cast<double>(std::count(found.begin(), found.end(), 0.0)), 5'000, 200);
  EXPECT_EQ(
      std::count(found.begin(), found.end(), 0.0) + std::count(found.begin(), found.end(), 10.0),
      20'000);
}

TEST(Channel, SomeComeTwice) {
  const LinkQuality link{.latency = milliseconds{10}, .duplicate = percent(5)};
  Channel channel{Random{2}};
  int twice = 0;
  for (int i = 0; i < 20'000; ++i) {
    const LinkOutcome outcome = channel.cross(link, start, 100);
    if (!outcome.copy_at) continue;
    EXPECT_EQ(*outcome.copy_at, start + milliseconds{10});
    ++twice;
  }
  EXPECT_NEAR(twice, 1'000, 80);
}

TEST(Channel, WhatIsLostOnTheWireHasTakenItsTimeOfIt) {
  const LinkQuality link{.loss = percent(100), .bits_per_second = 1'000'000};
  Channel channel{Random{1}};
  EXPECT_EQ(channel.cross(link, start, 1'000).loss, LinkLoss::on_the_wire);
  LinkQuality sound = link;
  sound.loss = {};
  EXPECT_EQ(channel.cross(sound, start, 1'000).at, start + milliseconds{16});
}

}  // namespace
}  // namespace apiary
