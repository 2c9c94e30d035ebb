#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/random.h"
#include "host/testing/reassembly_bench.h"

namespace apiary {
namespace {

using Bench = ReassemblyBench;
const Instant start = bench_start;

TEST(Reassembly, PutsFragmentsTogetherInAnyOrder) {
  const std::string message = "0123456789abcdefABCDEFGHtail";
  std::vector<Fragment> fragments = {{0, message.substr(0, 8), true},
                                     {8, message.substr(8, 16), true},
                                     {24, message.substr(24), false}};
  std::vector<int> order = {0, 1, 2};
  do {
    Bench bench;
    EXPECT_EQ(bench.add(fragments[static_cast<std::size_t>(order[0])]), "");
    EXPECT_EQ(bench.add(fragments[static_cast<std::size_t>(order[1])]), "");
    EXPECT_EQ(bench.add(fragments[static_cast<std::size_t>(order[2])]), message);
    EXPECT_EQ(bench.reassembly.held_bytes(), 0U);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Reassembly, TheWholeIsADatagramLikeAnyOther) {
  Bench bench;
  bench.add({0, "01234567", true});
  const Fragment last(8, "rest", false);
  const auto whole = bench.reassembly.add(start, last.parsed(), FragmentPolicy::discard, {});
  ASSERT_TRUE(whole);
  EXPECT_FALSE(whole->is_fragment());
  EXPECT_EQ(whole->identification, 7);
  EXPECT_TRUE(parse_ip(whole->whole)) << "its header is right again";
}

TEST(Reassembly, DiscardsImpossibleFragments) {
  struct Case {
    const char* name;
    std::vector<Fragment> fragments;
  };
  for (const Case& c : std::vector<Case>{
           {"a partial overlap (teardrop)", {{0, "0123456789abcdef", true}, {8, "x", false}}},
           {"two ends", {{16, "end", false}, {24, "end", false}}},
           {"bytes past the end", {{8, "end", false}, {16, "01234567", true}}},
           {"an end before bytes", {{16, "01234567", true}, {8, "end", false}}}}) {
    SCOPED_TRACE(c.name);
    Bench bench;
    for (const Fragment& fragment : c.fragments) EXPECT_EQ(bench.add(fragment), "");
    EXPECT_EQ(bench.counters.of(DropReason::reassembly_limit), 1U);
    EXPECT_EQ(bench.reassembly.held_bytes(), 0U);
  }
}

TEST(Reassembly, IgnoresARepeatedFragment) {
  Bench bench;
  bench.add({0, "01234567", true});
  bench.add({0, "01234567", true});
  EXPECT_EQ(bench.add({8, "rest", false}), "01234567rest");
}

TEST(Reassembly, IgnoresAFragmentWithinWhatItHas) {
  Bench bench;
  bench.add({0, "01234567", true});
  bench.add({8, "abcdefgh", true});
  EXPECT_EQ(bench.add({0, "xxxxxxxxxxxxxxxx", true}), "") << "over two fragments";
  EXPECT_EQ(bench.add({8, "xxxxxxxx", true}), "");
  EXPECT_EQ(bench.counters.of(DropReason::reassembly_limit), 0U);
  EXPECT_EQ(bench.add({16, "rest", false}), "01234567abcdefghrest");
}

TEST(Reassembly, KeepsDatagramsApart) {
  struct Case {
    const char* name;
    IpDatagram header;
  };
  const IpDatagram same = Fragment::header_of(7);
  Case cases[] = {{"another source", same},
                  {"another destination", same},
                  {"another protocol", same},
                  {"another identification", same}};
  cases[0].header.source = IpAddress::v4(192, 0, 2, 2);
  cases[1].header.destination = IpAddress::v4(10, 0, 0, 6);
  cases[2].header.protocol = 1;
  cases[3].header.identification = 8;
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Bench bench;
    EXPECT_EQ(bench.add({0, "01234567", true}), "");
    EXPECT_EQ(bench.add({c.header, 8, "other", false}), "");
    EXPECT_EQ(bench.add({8, "own", false}), "01234567own");
    EXPECT_EQ(bench.add({c.header, 0, "89abcdef", true}), "89abcdefother");
  }
}

TEST(Reassembly, TheHeaderIsThatOfTheFirstFragment) {
  struct Case {
    const char* name;
    FragmentPolicy policy;
    std::uint8_t ttl;  // of the whole, if the first fragment comes with 60 and then with 70
  };
  constexpr std::uint8_t labels[] = {1, 1, 1, 0};
  for (const Case& c : {Case{"who came first counts", FragmentPolicy::first, 60},
                        Case{"who came last counts", FragmentPolicy::last, 70}}) {
    SCOPED_TRACE(c.name);
    Bench bench{.policy = c.policy};
    IpDatagram header = Fragment::header_of(7);
    header.hop_limit = 50;
    bench.add({header, 16, "end", false});
    header.hop_limit = 60;
    header.traffic_class = 0x20;
    header.options = labels;
    bench.add({header, 0, "01234567", true});
    header.hop_limit = 70;
    bench.add({header, 0, "01234567", true});
    header.hop_limit = 80;
    header.options = {};
    const Fragment last(header, 8, "89abcdef", true);
    const auto whole = bench.reassembly.add(start, last.parsed(), c.policy, {});
    ASSERT_TRUE(whole);
    EXPECT_EQ(as_text(whole->payload), "0123456789abcdefend");
    EXPECT_EQ(whole->hop_limit, c.ttl);
    EXPECT_EQ(whole->traffic_class, 0x20);
    EXPECT_EQ(whole->protocol, 17);
    EXPECT_EQ(whole->source, header.source);
    EXPECT_EQ(whole->destination, header.destination);
    EXPECT_TRUE(std::ranges::equal(whole->options, labels));
  }
}

TEST(Reassembly, NothingLargerThanADatagramIsWhole) {
  constexpr std::uint8_t labels[] = {1, 1, 1, 0};
  for (const std::size_t size : {65511, 65512}) {
    SCOPED_TRACE(size);
    Bench bench;
    IpDatagram header = Fragment::header_of(7);
    bench.add({header, 8, std::string(65496, 'x'), true});
    bench.add({header, 65504, std::string(size - 65504, 'x'), false});
    header.options = labels;  // only the first one has them: 24 bytes of header
    EXPECT_EQ(bench.add({header, 0, "01234567", true}).size(), size + 24 > 65535 ? 0 : size);
  }
}

TEST(Reassembly, LenientSystemsIgnoreTheImpossibleFragment) {
  struct Case {
    const char* name;
    std::vector<Fragment> fragments;
    const char* whole;
  };
  for (const Case& c : std::vector<Case>{
           {"another end", {{8, "end", false}, {16, "end", false}}, "01234567end"},
           {"the same end again", {{8, "end", false}, {8, "END", false}}, "01234567END"},
           {"bytes past the end", {{8, "end", false}, {16, "01234567", true}}, "01234567end"},
           {"an end before bytes",
            {{16, "01234567", true}, {8, "end", false}, {8, "89abcdef", true}, {24, "", false}},
            "0123456789abcdef01234567"}}) {
    SCOPED_TRACE(c.name);
    Bench bench{.policy = FragmentPolicy::last};
    for (const Fragment& fragment : c.fragments) EXPECT_EQ(bench.add(fragment), "");
    EXPECT_EQ(bench.add({0, "01234567", true}), c.whole);
    EXPECT_EQ(bench.counters.of(DropReason::reassembly_limit), 0U);
  }
}

TEST(Reassembly, TheEndMayMeetTheBytesBeforeIt) {
  Bench bench;
  bench.add({0, "01234567", true});
  EXPECT_EQ(bench.add({8, "", false}), "01234567") << "an end without bytes";
  bench.add({8, "end", false});
  EXPECT_EQ(bench.add({8, "end", false}), "") << "the same end again";
  EXPECT_EQ(bench.add({0, "01234567", true}), "01234567end");
}

TEST(Reassembly, AnEmptyEndCostsNothingHoweverOftenItComes) {
  Bench bench{.policy = FragmentPolicy::last};
  for (int i = 0; i < 10'000; ++i) bench.add({8, "", false});
  EXPECT_EQ(bench.reassembly.held_bytes(), 0U);
  EXPECT_EQ(bench.add({0, "01234567", true}), "01234567");
}

TEST(Reassembly, CountsTheBytesItHolds) {
  constexpr std::size_t piece = 64;  // for each, in addition to its bytes
  Bench bench{.policy = FragmentPolicy::first};
  bench.add({8, "89abcdef", true});
  EXPECT_EQ(bench.reassembly.held_bytes(), piece + 8);
  bench.add({24, "0123456789abcdef", true});
  EXPECT_EQ(bench.reassembly.held_bytes(), 2 * piece + 24);
  bench.add({8, "89abcdef", true});
  EXPECT_EQ(bench.reassembly.held_bytes(), 2 * piece + 24) << "the same again";
  bench.add({24, "0123456789abcdef", true, 8});
  EXPECT_EQ(bench.reassembly.held_bytes(), 3 * piece + 40) << "another datagram";
  bench.add({0, std::string(48, 'x'), false});
  EXPECT_EQ(bench.reassembly.held_bytes(), piece + 16) << "whole";
}

TEST(Reassembly, TheOldestDatagramMakesRoom) {
  const auto fill = [](Bench& bench) {
    for (std::uint16_t id = 1; id <= 3; ++id) bench.add({0, "01234567", true, id});
    EXPECT_EQ(bench.counters.of(DropReason::reassembly_limit), 1U);
    EXPECT_EQ(bench.reassembly.held_bytes(), 2U * 72);
    EXPECT_EQ(bench.add({8, "end", false, 2}), "01234567end");
    EXPECT_EQ(bench.add({8, "end", false, 3}), "01234567end");
    EXPECT_EQ(bench.add({8, "end", false, 1}), "");
  };
  Bench few{.limits = {.reassembly_datagrams = 2}};
  fill(few);
  Bench small{.limits = {.reassembly_bytes = 2 * 72}};
  fill(small);
}

TEST(Reassembly, ForgetsAfterItsTime) {
  Bench bench;
  bench.add({8, "89abcdef", true, 6});
  bench.add({0, "01234567", true});
  const Instant due = start + bench.limits.reassembly_time;
  EXPECT_EQ(bench.reassembly.next_due(), due);
  EXPECT_FALSE(bench.reassembly.take_expired(due - nanoseconds{1}));
  const auto expired = bench.reassembly.take_expired(due);
  ASSERT_TRUE(expired) << "the one whose first fragment came";
  EXPECT_EQ(expired->first.identification, 7);
  EXPECT_EQ(as_text(expired->first.payload), "01234567");
  EXPECT_EQ(bench.counters.of(DropReason::reassembly_limit), 2U);
  EXPECT_FALSE(bench.reassembly.take_expired(due));
  EXPECT_EQ(bench.reassembly.held_bytes(), 0U);
  EXPECT_EQ(bench.reassembly.next_due(), Instant::max());
}

TEST(Reassembly, AnErrorAboutALapsedDatagramGoesTheWayItCame) {
  Bench bench;
  const Fragment first(0, "01234567", true), second(8, "89abcdef", true);
  const SavedReplyRoute way{.departed = start + seconds{1}}, other{.departed = start + seconds{2}};
  bench.reassembly.add(start, first.parsed(), bench.policy, way);
  bench.reassembly.add(start + seconds{9}, second.parsed(), bench.policy, other);
  const auto expired = bench.reassembly.take_expired(start + bench.limits.reassembly_time);
  ASSERT_TRUE(expired) << "its time runs from its first fragment on";
  EXPECT_EQ(expired->way.departed, way.departed);
}

TEST(Reassembly, AFloodStaysWithinItsLimits) {
  Bench bench;
  Random random{3};
  for (int i = 0; i < 50'000; ++i)
    bench.add({8 * random.below(100), "01234567", true, static_cast<std::uint16_t>(random.next())});
  EXPECT_LE(bench.reassembly.held_bytes(), bench.limits.reassembly_bytes);
  EXPECT_GT(bench.counters.of(DropReason::reassembly_limit), 0U);

  bench.limits.reassembly_bytes = 10'000;
  for (int i = 0; i < 1'000; ++i)
    bench.add({8 * random.below(100), "01234567", true, static_cast<std::uint16_t>(random.next())});
  EXPECT_LE(bench.reassembly.held_bytes(), 10'000U);
}

}  // namespace
}  // namespace apiary
