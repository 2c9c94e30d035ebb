#include "host/reassembly.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/random.h"

namespace apiary {
namespace {

const Instant start{seconds{1'000}};

/// A fragment as it comes from the wire; keeps the bytes it points into.
struct Fragment {
  Fragment(std::size_t offset, std::string_view payload, bool more, std::uint16_t id = 7)
      : bytes(20 + payload.size()) {
    const IpDatagram header{.source = IpAddress::v4(192, 0, 2, 1),
                            .destination = IpAddress::v4(10, 0, 0, 5),
                            .protocol = 17,
                            .identification = id,
                            .more_fragments = more,
                            .fragment_offset_bytes = static_cast<std::uint16_t>(offset)};
    emit_ip_header(header, payload.size(), bytes);
    std::copy(payload.begin(), payload.end(), bytes.begin() + 20);
  }
  IpDatagram parsed() const { return parse_ip(bytes).value(); }
  std::vector<std::uint8_t> bytes;
};

struct Bench {
  Limits limits;
  Counters counters;
  Reassembly reassembly{limits, {}, counters};
  FragmentPolicy policy = FragmentPolicy::discard;
  std::string add(const Fragment& fragment, Instant now = start) {
    const auto whole = reassembly.add(now, fragment.parsed(), policy, {});
    return whole ? std::string(as_text(whole->payload)) : "";
  }
};

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

TEST(Reassembly, DiscardsWhatMakesNoSense) {
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

/// One byte of each block.
std::string digits_of(std::string_view whole) {
  std::string digits;
  for (std::size_t i = 0; i < whole.size(); i += 8) digits += whole[i];
  return digits;
}

/// The six fragments by which Shankar and Paxson tell systems apart: each carries its number, in
/// blocks of eight bytes. The answer has a digit for each of the twelve blocks.
std::string who_counts(FragmentPolicy policy) {
  struct Numbered {
    std::size_t first_block, blocks;
  };
  constexpr Numbered numbered[] = {{0, 3}, {4, 2}, {6, 3}, {1, 4}, {6, 3}, {9, 3}};
  Bench bench{.policy = policy};
  std::string whole;
  for (std::size_t i = 0; i < std::size(numbered); ++i)
    whole = bench.add({8 * numbered[i].first_block,
                       std::string(8 * numbered[i].blocks, static_cast<char>('1' + i)),
                       i + 1 < std::size(numbered)});
  return digits_of(whole);
}

TEST(Reassembly, OverlapsAreResolvedAsTheModelSays) {
  EXPECT_EQ(who_counts(FragmentPolicy::first), "111422333666");
  EXPECT_EQ(who_counts(FragmentPolicy::last), "144442555666");
  EXPECT_EQ(who_counts(FragmentPolicy::bsd), "111442333666");
  EXPECT_EQ(who_counts(FragmentPolicy::bsd_right), "144422555666");
  EXPECT_EQ(who_counts(FragmentPolicy::linux_2), "111442555666");
}

TEST(Reassembly, WindowsAndSolarisGiveWayOnlyToWhoCoversThem) {
  struct Case {
    const char* name;
    std::size_t first_block, blocks;  // of the second fragment; the first has blocks 2 and 3
    const char* windows;
    const char* solaris;
  };
  for (const Case& c : {Case{"covers it on both sides", 1, 4, "022229", "022229"},
                        Case{"starts before it and ends with it", 1, 3, "021109", "022209"},
                        Case{"starts before it and ends in it", 1, 2, "021109", "021109"},
                        Case{"starts with it and ends behind it", 2, 3, "001129", "001129"}}) {
    SCOPED_TRACE(c.name);
    const auto digits = [&](FragmentPolicy policy) {
      Bench bench{.policy = policy};
      bench.add({16, std::string(16, '1'), true});
      bench.add({8 * c.first_block, std::string(8 * c.blocks, '2'), true});
      for (std::size_t block = 0; block < 5; ++block)
        bench.add({8 * block, std::string(8, '0'), true});
      return digits_of(bench.add({40, std::string(8, '9'), false}));
    };
    EXPECT_EQ(digits(FragmentPolicy::windows), c.windows);
    EXPECT_EQ(digits(FragmentPolicy::solaris), c.solaris);
  }
}

TEST(Reassembly, ForgetsAfterItsTime) {
  Bench bench;
  bench.add({8, "89abcdef", true, 6});
  bench.add({0, "01234567", true});
  const Instant due = start + bench.limits.reassembly_time;
  EXPECT_EQ(bench.reassembly.next_due(), due);
  EXPECT_FALSE(bench.reassembly.take_lapsed(due - nanoseconds{1}));
  const auto lapsed = bench.reassembly.take_lapsed(due);
  ASSERT_TRUE(lapsed) << "the one of which the first fragment came";
  EXPECT_EQ(lapsed->first.identification, 7);
  EXPECT_EQ(lapsed->first.payload.size(), 8U);
  EXPECT_FALSE(bench.reassembly.take_lapsed(due));
  EXPECT_EQ(bench.reassembly.held_bytes(), 0U);
  EXPECT_EQ(bench.reassembly.next_due(), Instant::max());
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
