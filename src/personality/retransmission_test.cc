#include "personality/retransmission.h"

#include <gtest/gtest.h>

#include <vector>

#include "personality/testing/compile_entry.h"

namespace apiary {
namespace {

/// The times of SYN/ACK retransmissions, in seconds since the first SYN/ACK.
std::vector<double> repeats(const RetransmissionRule& rule) {
  std::vector<double> moments;
  Duration wait = rule.syn_ack_first, since{};
  for (int i = 0; i < rule.syn_ack_retries; ++i) {
    since += wait;
    moments.push_back(in_seconds(since));
    wait = std::min(wait * 2, rule.most);
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
        Case{"Windows", "7", {3, 9}, 21, true}, Case{"Windows", "10", {1, 3, 7, 15}, 21, true},
        Case{"FreeBSD", "9.X", {3, 9, 21}, 45, false},
        Case{"FreeBSD", "13.X", {1, 3, 7}, 15, false},
        Case{"OpenBSD", "4.X", {3, 9, 21, 45}, 75, false},
        Case{"macOS", "10.13.X", {1, 3, 7, 15, 31, 63}, 75, false},
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

TEST(RetransmissionTest, IsTakenFromTheFirstClassOfAFingerprint) {
  const Personality personality = personality_of(
      "Class Microsoft | Windows | 10 | general purpose\nClass Linux | Linux | 2.4.X | router\n"
      "U1(R=N)\n");
  EXPECT_EQ(personality.retransmission, retransmission_of("Windows", "10"));
}

}  // namespace
}  // namespace apiary
