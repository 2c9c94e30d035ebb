#include "personality/retransmission.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "personality/testing/compile_entry.h"

namespace apiary {
namespace {

/// The times of SYN/ACK retransmissions, in seconds since the first SYN/ACK.
std::vector<double> repeats(const RetransmissionRule& rule) {
  std::vector<double> moments;
  Duration since{};
  for (int i = 0; i < rule.syn_ack_retries; ++i) {
    since += syn_ack_wait(rule, i);
    moments.push_back(in_seconds(since));
  }
  return moments;
}

struct Case {
  std::string_view family, generation;
  std::vector<double> repeats;
  double lifetime;
  bool resets;
};

TEST(RetransmissionTest, FollowsTheFamily) {
  for (const Case& c :
       {Case{"Linux", "5.X", {1, 3, 7, 15, 31}, 63, false},
        Case{"Linux", "2.6.X", {3, 9, 21, 45, 93}, 189, false},
        Case{"Linux", "", {1, 3, 7, 15, 31}, 63, false},
        Case{"Android", "2.X", {3, 9, 21, 45, 93}, 189, false},
        Case{"Windows", "98", {3, 9, 21}, 45, false}, Case{"Windows", "XP", {3, 9}, 21, false},
        Case{"Windows", "2003", {2.4, 9.2}, 21, false},
        Case{"TMOS", "11.4.X", {3, 9, 21}, 45, false}, Case{"Windows", "7", {3, 9}, 21, true},
        Case{"Windows", "10", {1, 3, 7, 15}, 21, true},
        Case{"FreeBSD", "9.X", {3, 9, 21}, 45, false},
        Case{"FreeBSD", "13.X", {1, 3, 7}, 15, false},
        Case{"OpenBSD", "4.X", {3, 9, 21, 45}, 75, false},
        Case{"macOS", "10.13.X", {1, 3, 7, 15, 31, 63, 75}, 75.5, false},
        Case{"Solaris", "10", {3.375, 10.125, 23.625, 50.625, 104.625, 164.625}, 180, true},
        Case{"IOS", "12.X", {2, 6, 14}, 30, true},
        Case{"iLO", "", {3, 9, 21, 45, 93, 153, 213, 273, 333, 393}, 453, false},
        Case{"embedded", "", {3, 9, 21, 45}, 75, false},
        Case{"Unheard Of", "1.X", {1, 3, 7, 15, 31}, 63, false}}) {
    SCOPED_TRACE(std::string(c.family) + " " + std::string(c.generation));
    const RetransmissionRule rule = retransmission_of(c.family, c.generation);
    EXPECT_EQ(repeats(rule), c.repeats);
    EXPECT_EQ(in_seconds(rule.syn_ack_lifetime), c.lifetime);
    EXPECT_EQ(rule.resets_half_open, c.resets);
    EXPECT_LT(c.repeats.back(), c.lifetime);
  }
}

TEST(RetransmissionTest, TimersErrAsThoseOfTheSystem) {
  struct Case {
    const char* name;
    TimerKind kind;
    Duration wait;
    double least, most;  // of the error, in seconds
  };
  for (const Case& c :
       {Case{"exact", TimerKind::exact, seconds{1}, 0, 0},
        Case{"coarse", TimerKind::coarse, seconds{4}, 0, 0.1},
        Case{"slow clock", TimerKind::half_seconds, seconds{3}, -0.5, 0},
        Case{"wheel, first level", TimerKind::linux_wheel, milliseconds{200}, 0, 0.004},
        Case{"wheel, second level", TimerKind::linux_wheel, seconds{1}, 0, 0.032},
        Case{"wheel, third level", TimerKind::linux_wheel, seconds{8}, 0, 0.256},
        Case{"wheel, fourth level", TimerKind::linux_wheel, seconds{32}, 0, 2.048}}) {
    SCOPED_TRACE(c.name);
    double least = 100, most = -100;
    for (std::uint32_t chance = 0; chance < 1000; ++chance) {
      const double error = in_seconds(timer_error(c.kind, c.wait, chance));
      EXPECT_EQ(error, in_seconds(timer_error(c.kind, c.wait, chance)));
      least = std::min(least, error);
      most = std::max(most, error);
    }
    const double width = c.most - c.least;
    EXPECT_GE(least, c.least);
    EXPECT_LE(most, c.most);
    EXPECT_LE(least, c.least + width / 50);
    EXPECT_GE(most, c.most - width / 50);
  }
}

TEST(RetransmissionTest, IsTakenFromTheFirstClassOfAFingerprint) {
  const Personality personality = personality_of(
      "Class Microsoft | Windows | 10 | general purpose\nClass Linux | Linux | 2.4.X | router\n"
      "U1(R=N)\n");
  EXPECT_EQ(personality.retransmission, retransmission_of("Windows", "10"));
}

}  // namespace
}  // namespace apiary
