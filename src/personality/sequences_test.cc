#include "personality/sequences.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "base/random.h"
#include "personality/stack_state.h"
#include "personality/testing/compile_entry.h"
#include "personality/testing/nmap_model.h"

namespace apiary {
namespace {

constexpr Instant start{seconds{1'790'000'000}};

double number(const nmap_model::Attributes& seen, const char* attribute) {
  return parse_number_range(seen.find(attribute)->second)->low;
}

/// Nmap's measurement of the numbers, sent every tenth of a second.
nmap_model::Attributes isns_of(const IsnRule& rule, std::uint64_t host_hash) {
  Personality personality = generic_personality();
  personality.isn = rule;
  StackState stack(personality, host_hash, start);
  std::vector<nmap_model::IsnSample> samples;
  for (int i = 0; i < 6; ++i) {
    const Instant now = start + milliseconds{100 * i};
    samples.push_back({stack.draw_isn(rule, now).value, i * 0.1});
  }
  return nmap_model::measure_isns(samples);
}

TEST(SequencesTest, IsnsHaveTheWantedDivisorRateAndScatter) {
  struct Case {
    const char* name;
    IsnMeasure wanted;
  };
  for (const Case& c : {
           Case{"random, as RFC 6528", {.sp = 0x104, .isr = 0x108, .gcd = 1}},
           Case{"a noisy clock", {.sp = 0xc8, .isr = 0xcd, .gcd = 1}},
           Case{"steps of 64000", {.sp = 0, .isr = 0x9a, .gcd = 0xfa00}},
           Case{"a few steps of 64000", {.sp = 0x19, .isr = 0xa8, .gcd = 0xfa00}},
           Case{"even numbers", {.sp = 0xc0, .isr = 0xd0, .gcd = 2}},
           Case{"a clock", {.sp = 0x50, .isr = 0xa0, .gcd = 1}},
       })
    for (std::uint64_t host = 1; host <= 20; ++host) {
      SCOPED_TRACE(c.name);
      const auto seen = isns_of(solve_isn_rule(c.wanted), host);
      EXPECT_EQ(number(seen, "GCD"), c.wanted.gcd);
      EXPECT_NEAR(number(seen, "ISR"), c.wanted.isr, 4);
      EXPECT_NEAR(number(seen, "SP"), c.wanted.sp, 4);
    }
}

/// The correlation of the steps of a series with those five later: from -1 to 1.
double likeness_after_five(const std::vector<double>& steps) {
  double mean = 0, squares = 0, products = 0;
  for (const double step : steps) mean += step / static_cast<double>(steps.size());
  for (const double step : steps) squares += (step - mean) * (step - mean);
  for (std::size_t i = 5; i < steps.size(); ++i)
    products += (steps[i] - mean) * (steps[i - 5] - mean);
  return products / squares;
}

TEST(SequencesTest, ALongSeriesOfIsnsHasNoPattern) {
  struct Case {
    const char* name;
    IsnMeasure wanted;
    Duration interval;
  };
  for (const Case& c : {
           Case{"drawn at random, as fast as Nmap asks",
                {.sp = 0x104, .isr = 0x108},
                milliseconds{100}},
           Case{"drawn at random, each second", {.sp = 0x104, .isr = 0x108}, seconds{1}},
           Case{"a noisy clock", {.sp = 0xc8, .isr = 0xcd}, milliseconds{100}},
           Case{"the same, each second", {.sp = 0xc8, .isr = 0xcd}, seconds{1}},
       }) {
    SCOPED_TRACE(c.name);
    Personality personality = generic_personality();
    personality.isn = solve_isn_rule(c.wanted);
    StackState stack(personality, 77, start);
    Instant now = start;
    std::vector<double> steps;
    std::uint32_t before = stack.draw_isn(personality.isn, now).value;
    for (int i = 0; i < 400; ++i) {
      now += c.interval;
      const std::uint32_t isn = stack.draw_isn(personality.isn, now).value;
      const std::uint32_t step = isn - before;
      if (i >= 20) steps.push_back(std::min(step, 0 - step));
      before = isn;
    }
    EXPECT_LT(std::abs(likeness_after_five(steps)), 0.25);
    std::ranges::sort(steps);
    EXPECT_EQ(std::ranges::adjacent_find(steps), steps.end()) << "two steps are the same";
  }
}

struct Spaced {
  const char* name;
  Duration interval;
};
constexpr Spaced spacings[] = {
    {"0.05 s", milliseconds{50}}, {"0.1 s", milliseconds{100}},  {"0.11 s", milliseconds{110}},
    {"0.2 s", milliseconds{200}}, {"0.33 s", milliseconds{330}}, {"0.6 s", milliseconds{600}},
    {"1 s", seconds{1}},
};

std::vector<std::uint32_t> steps_of(const IsnRule& rule, std::uint64_t host_hash, Duration interval,
                                    int count) {
  Personality personality = generic_personality();
  personality.isn = rule;
  StackState stack(personality, host_hash, start);
  Instant now = start;
  std::vector<std::uint32_t> steps;
  std::uint32_t before = stack.draw_isn(rule, now).value;
  for (int i = 0; i < count; ++i) {
    const std::uint32_t isn = stack.draw_isn(rule, now += interval).value;
    steps.push_back(isn - before);
    before = isn;
  }
  return steps;
}

TEST(SequencesTest, FewIsnsShowNoPatternAtAnySpacing) {
  for (const IsnMeasure& wanted :
       {IsnMeasure{.sp = 0x104, .isr = 0x108}, IsnMeasure{.sp = 0xfd, .isr = 0x10b},
        IsnMeasure{.sp = 0xc8, .isr = 0xcd}})
    for (const Spaced& spaced : spacings) {
      SCOPED_TRACE(spaced.name);
      int recurring = 0, of_half = 0;
      for (std::uint64_t host = 1; host <= 50; ++host) {
        std::vector<std::uint32_t> sizes;
        for (const std::uint32_t step :
             steps_of(solve_isn_rule(wanted), mix_bits(host), spaced.interval, 10))
          sizes.push_back(std::min(step, 0U - step));
        for (std::size_t i = 5; i < sizes.size(); ++i)
          recurring += std::abs(static_cast<double>(sizes[i]) - static_cast<double>(sizes[i - 5])) <
                       sizes[i - 5] / 64.0;
        of_half += static_cast<int>(std::ranges::count_if(
            sizes, [](std::uint32_t size) { return size > 0x7fff'ffffU - 1'000'000; }));
      }
      EXPECT_LT(recurring, 50) << "of 250; by chance some eight";
      EXPECT_LE(of_half, 3) << "of 500; a step of 2^31 is the largest there is";
    }
}

/// Statistics by which a peer could tell numbers from those of RFC 6528.
TEST(SequencesTest, RandomIsnsAreUniformAtAnySpacing) {
  constexpr int count = 10'000;
  for (const Spaced& spaced : spacings) {
    SCOPED_TRACE(spaced.name);
    const auto steps =
        steps_of(solve_isn_rule({.sp = 0x104, .isr = 0x108}), 99, spaced.interval, count);
    std::array<int, 64> classes{};  // by the first six bits, and by the last six
    std::array<int, 64> low_classes{};
    for (const std::uint32_t step : steps) {
      ++classes[step >> 26];
      ++low_classes[step & 63];
    }
    for (const auto& seen : {classes, low_classes}) {
      double chi_squared = 0;
      for (const int number : seen)
        chi_squared += std::pow(number - count / 64.0, 2) / (count / 64.0);
      EXPECT_LT(chi_squared, 117) << "63 degrees of freedom: 1 in 25,000";
    }
    for (std::size_t lag = 1; lag <= 10; ++lag) {
      double products = 0;
      for (std::size_t i = lag; i < steps.size(); ++i)
        products += (steps[i] * 0x1p-31 - 1) * (steps[i - lag] * 0x1p-31 - 1);
      EXPECT_LT(std::abs(products / count * 3), 0.04)
          << "correlation with those " << lag << " before";
    }
  }
}

TEST(SequencesTest, RandomIsnsOfOneMomentDiffer) {
  Personality personality = generic_personality();
  personality.isn = solve_isn_rule({.sp = 0x104, .isr = 0x108});
  StackState stack(personality, 5, start);
  EXPECT_NE(stack.draw_isn(personality.isn, start), stack.draw_isn(personality.isn, start));
}

TEST(SequencesTest, ConstantIsnsStayAndDifferFromHostToHost) {
  const IsnRule rule = solve_isn_rule({.sp = 0, .isr = 0, .gcd = 0});
  EXPECT_EQ(isns_of(rule, 1).find("GCD")->second, "0");
  const Personality personality = generic_personality();
  StackState one(personality, 1, start), other(personality, 2, start);
  EXPECT_NE(one.draw_isn(rule, start), other.draw_isn(rule, start));
}

TEST(SequencesTest, IsnsGrowWithTimeAcrossConnections) {
  const IsnRule rule = solve_isn_rule({.sp = 0xa0, .isr = 0xa8, .gcd = 1});
  const Personality personality = generic_personality();
  StackState stack(personality, 7, start);
  const SeqNumber first = stack.draw_isn(rule, start);
  const SeqNumber later = stack.draw_isn(rule, start + seconds{60});
  const double grown = later.offset_from(first);
  EXPECT_NEAR(grown / 60, std::exp2(0xa8 / 8.0), std::exp2(0xa8 / 8.0));
  EXPECT_GT(grown, 0);
}

struct IdCase {
  const char* name;
  const char* seq;
  const char* ti;
  const char* ci;
  const char* ii;
  const char* ss;  // empty: not measured
};

TEST(SequencesTest, IpIdsHaveTheirClasses) {
  for (const IdCase& c : {
           IdCase{"one counter for all", "SEQ(TI=I%CI=I%II=I%SS=S)", "I", "I", "I", "S"},
           IdCase{"ICMP counts apart", "SEQ(TI=I%CI=I%II=I%SS=O)", "I", "I", "I", "O"},
           IdCase{"Linux", "SEQ(TI=Z%CI=I%II=I)", "Z", "I", "I", ""},
           IdCase{"in the other byte order", "SEQ(TI=BI%CI=BI%II=BI%SS=S)", "BI", "BI", "BI", "S"},
           IdCase{"in the other byte order, ICMP counts apart", "SEQ(TI=BI%CI=BI%II=BI%SS=O)", "BI",
                  "BI", "BI", "O"},
           IdCase{"random", "SEQ(TI=RD%CI=RD%II=RI)", "RD", "RD", "RI", ""},
           IdCase{"random but rising", "SEQ(TI=RI%CI=RI%II=RI%SS=S)", "RI", "RI", "RI", "S"},
           IdCase{"different classes, one counter", "SEQ(TI=I%CI=I%II=RI%SS=S)", "I", "I", "RI",
                  "S"},
           IdCase{"a counter where one is needed", "SEQ(TI=RD|I%CI=RD%II=I%SS=S)", "I", "RD", "I",
                  "S"},
           IdCase{"all zero", "SEQ(TI=Z%CI=Z%II=Z)", "Z", "Z", "Z", ""},
       })
    for (std::uint64_t host = 1; host <= 20; ++host) {
      SCOPED_TRACE(c.name);
      const auto seen =
          nmap_model::observe(personality_of(c.seq), mix_bits(host), start)[NmapTest::seq];
      EXPECT_EQ(seen.find("TI")->second, c.ti);
      EXPECT_EQ(seen.find("CI")->second, c.ci);
      EXPECT_EQ(seen.find("II")->second, c.ii);
      EXPECT_EQ(seen.contains("SS") ? seen.find("SS")->second : "", c.ss);
    }
}

TEST(SequencesTest, CountersWrapOutsideMeasurements) {
  const Personality personality = personality_of("SEQ(TI=RI%CI=RI%II=RI%SS=S)");
  StackState stack(personality, 3, start);
  Instant now = start;
  for (int burst = 0; burst < 100; ++burst) {
    now += seconds{1};
    std::uint16_t before = stack.draw_tcp_id(personality.ip_ids, now);
    for (int i = 0; i < 8; ++i) {
      now += milliseconds{100};
      const std::uint16_t id = stack.draw_tcp_id(personality.ip_ids, now);
      EXPECT_GT(id, before) << "in burst " << burst;
      before = id;
    }
  }
}

TEST(SequencesTest, ClocksTickAsNmapMeasures) {
  constexpr const char* with_timestamps =
      "OPS(O1=M5B4NNT11%O2=M5B4NNT11%O3=M5B4NNT11%O4=M5B4NNT11%O5=M5B4NNT11%O6=M5B4NNT11)\n"
      "WIN(W1=2000%W2=2000%W3=2000%W4=2000%W5=2000%W6=2000)\n";
  for (const char* ts : {"1", "3", "6", "7", "8", "9", "A", "B", "20", "21", "22"})
    for (std::uint64_t host = 1; host <= 20; ++host) {
      SCOPED_TRACE(ts);
      const Personality personality =
          personality_of("SEQ(TS=" + std::string(ts) + ")\n" + with_timestamps);
      const auto seen = nmap_model::observe(personality, mix_bits(host), start);
      EXPECT_EQ(seen[NmapTest::seq].find("TS")->second, ts);
    }
}

TEST(SequencesTest, EachHostHasItsOwnClock) {
  const Personality personality = generic_personality();
  std::set<std::uint32_t> values, gains;
  for (std::uint64_t host = 1; host <= 50; ++host) {
    const StackState stack(personality, mix_bits(host), start);
    const std::uint32_t first = stack.timestamp(personality.timestamps, start);
    const std::uint32_t later = stack.timestamp(personality.timestamps, start + hours{10});
    values.insert(first);
    gains.insert(later - first);
    EXPECT_NEAR(later - first, 36e6, 36e6 * 60e-6) << "a skew of some parts per million";
  }
  EXPECT_EQ(values.size(), 50U);
  EXPECT_GT(gains.size(), 40U);
}

TEST(SequencesTest, IdsOfLinuxGrowByOneAndByTicksThatPassed) {
  Personality personality = generic_personality();
  personality.ip_ids.icmp.kind = IpIdRule::Kind::by_time;
  StackState stack(personality, 99, start);
  std::uint16_t before = stack.draw_icmp_id(personality.ip_ids, start);
  Instant now = start;
  std::set<int> steps;
  for (int i = 0; i < 100; ++i) {
    const std::uint16_t immediate = stack.draw_icmp_id(personality.ip_ids, now);
    EXPECT_EQ(static_cast<std::uint16_t>(immediate - before), 1);
    now += seconds{1};
    before = stack.draw_icmp_id(personality.ip_ids, now);
    const int step = static_cast<std::uint16_t>(before - immediate);
    EXPECT_GE(step, 1);
    EXPECT_LE(step, 250) << "ticks of a second";
    steps.insert(step);
  }
  EXPECT_GT(steps.size(), 50U);
  EXPECT_NE(stack.draw_datagram_id(personality.ip_ids, now), static_cast<std::uint16_t>(before + 1))
      << "UDP counts elsewhere";
}

TEST(SequencesTest, AnEvictedHostContinuesItsSequences) {
  const Personality personality = generic_personality();
  const StackState before(personality, 99, start);
  const StackState after(personality, 99, start + hours{1});
  const Instant now = start + hours{2};
  EXPECT_EQ(before.timestamp(personality.timestamps, now),
            after.timestamp(personality.timestamps, now));
  StackState one(personality, 99, start), again(personality, 99, start);
  EXPECT_EQ(one.draw_isn(personality.isn, start), again.draw_isn(personality.isn, start));
  EXPECT_EQ(one.draw_icmp_id(personality.ip_ids, start),
            again.draw_icmp_id(personality.ip_ids, start));
}

}  // namespace
}  // namespace apiary
