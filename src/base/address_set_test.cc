#include "base/address_set.h"

#include <gtest/gtest.h>

#include <set>

namespace apiary {
namespace {

AddressSet set_of(const std::vector<std::string_view>& ranges) {
  AddressSet set;
  for (const std::string_view range : ranges) set.add(*parse_address_range(range));
  return set;
}

TEST(AddressSet, reads_addresses_prefixes_and_ranges) {
  struct Case {
    const char* name;
    std::string_view text;
    std::optional<std::pair<std::string, std::string>> expected;
  };
  for (const Case& c : {
           Case{"address", "10.0.0.1", {{"10.0.0.1", "10.0.0.1"}}},
           Case{"prefix", "10.0.0.0/30", {{"10.0.0.0", "10.0.0.3"}}},
           Case{"range", "10.0.0.5-10.0.0.9", {{"10.0.0.5", "10.0.0.9"}}},
           Case{"range of one", "10.0.0.5-10.0.0.5", {{"10.0.0.5", "10.0.0.5"}}},
           Case{"range backwards", "10.0.0.9-10.0.0.5", {}},
           Case{"half a range", "10.0.0.9-", {}},
           Case{"range of prefixes", "10.0.0.0/8-11.0.0.0/8", {}},
           Case{"nonsense", "ten", {}},
       }) {
    SCOPED_TRACE(c.name);
    const auto range = parse_address_range(c.text);
    ASSERT_EQ(range.has_value(), c.expected.has_value());
    if (!range) continue;
    EXPECT_EQ(to_string(range->first), c.expected->first);
    EXPECT_EQ(to_string(range->last), c.expected->second);
  }
}

TEST(AddressSet, joins_ranges_that_overlap_or_touch) {
  struct Case {
    const char* name;
    std::vector<std::string_view> added;
    std::string expected;
  };
  for (const Case& c : {
           Case{"nothing", {}, ""},
           Case{"apart", {"10.0.0.5", "10.0.0.1"}, "10.0.0.1, 10.0.0.5"},
           Case{"touching", {"10.0.0.0", "10.0.0.1"}, "10.0.0.0/31"},
           Case{"filling a gap", {"10.0.0.0", "10.0.0.2-10.0.0.3", "10.0.0.1"}, "10.0.0.0/30"},
           Case{"inside", {"10.0.0.0/8", "10.1.0.0/16"}, "10.0.0.0/8"},
           Case{"around several",
                {"10.0.0.1", "10.0.0.3", "10.0.0.7", "10.0.0.0/29"},
                "10.0.0.0/29"},
           Case{"both ends of the world",
                {"0.0.0.0", "255.255.255.255"},
                "0.0.0.0, 255.255.255.255"},
           Case{"all of it", {"0.0.0.0/1", "128.0.0.0/1"}, "0.0.0.0/0"},
           Case{"no prefix", {"10.0.0.1-10.0.0.2"}, "10.0.0.1-10.0.0.2"},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(to_string(set_of(c.added)), c.expected);
  }
}

TEST(AddressSet, removes_one_address_and_keeps_the_rest) {
  AddressSet set = set_of({"10.0.0.0/30"});
  set.remove(IpAddress::v4(10, 0, 0, 9));
  EXPECT_EQ(set.size(), 4u);
  set.remove(IpAddress::v4(10, 0, 0, 1));
  EXPECT_EQ(to_string(set), "10.0.0.0, 10.0.0.2/31");
  set.remove(IpAddress::v4(10, 0, 0, 0));
  set.remove(IpAddress::v4(10, 0, 0, 3));
  set.remove(IpAddress::v4(10, 0, 0, 2));
  EXPECT_TRUE(set.empty());
}

TEST(AddressSet, has_the_fewest_prefixes) {
  struct Case {
    std::string_view range;
    std::vector<std::string> expected;
  };
  for (const Case& c : {
           Case{"10.0.0.1-10.0.0.6", {"10.0.0.1/32", "10.0.0.2/31", "10.0.0.4/31", "10.0.0.6/32"}},
           Case{"10.0.0.0-10.0.0.255", {"10.0.0.0/24"}},
           Case{"0.0.0.0-255.255.255.255", {"0.0.0.0/0"}},
           Case{"255.255.255.254-255.255.255.255", {"255.255.255.254/31"}},
       }) {
    SCOPED_TRACE(c.range);
    std::vector<std::string> prefixes;
    for (const IpPrefix& prefix : set_of({c.range}).prefixes())
      prefixes.push_back(to_string(prefix));
    EXPECT_EQ(prefixes, c.expected);
  }
  EXPECT_EQ(set_of({"0.0.0.0/0"}).size(), std::uint64_t{1} << 32);
}

TEST(AddressSet, behaves_as_a_set_of_single_addresses) {
  Random random(11);
  for (int round = 0; round < 200; ++round) {
    SCOPED_TRACE(round);
    AddressSet set;
    std::set<std::uint32_t> model;
    constexpr std::uint32_t base = 0x0a000000, world = 64;
    for (int step = 0; step < 30; ++step) {
      const auto first = static_cast<std::uint32_t>(random.below(world));
      const auto last = first + static_cast<std::uint32_t>(random.below(world - first));
      if (random.below(3) > 0) {
        set.add({IpAddress::v4(base + first), IpAddress::v4(base + last)});
        for (std::uint32_t i = first; i <= last; ++i) model.insert(i);
      } else {
        set.remove(IpAddress::v4(base + first));
        model.erase(first);
      }
    }
    EXPECT_EQ(set.size(), model.size());
    std::uint64_t in_prefixes = 0;
    for (const IpPrefix& prefix : set.prefixes())
      in_prefixes += std::uint64_t{1} << (32 - prefix.length());
    EXPECT_EQ(in_prefixes, model.size());
    for (std::uint32_t i = 0; i < world; ++i)
      EXPECT_EQ(set.contains(IpAddress::v4(base + i)), model.contains(i)) << i;
    std::uint64_t index = 0;
    for (const std::uint32_t address : model)
      EXPECT_EQ(set.at(index++), IpAddress::v4(base + address));
    const AddressSet half = set.within({IpAddress::v4(base + 32), 27});
    for (std::uint32_t i = 0; i < world; ++i)
      EXPECT_EQ(half.contains(IpAddress::v4(base + i)), i >= 32 && model.contains(i)) << i;
  }
}

TEST(AddressSet, common_and_without) {
  struct Case {
    const char* name;
    AddressSet a, b;
    std::string both, first_alone;
  };
  for (const Case& c : {
           Case{"apart", set_of({"10.0.0.0/24"}), set_of({"10.0.1.0/24"}), "", "10.0.0.0/24"},
           Case{"the same", set_of({"10.0.0.0/24"}), set_of({"10.0.0.0/24"}), "10.0.0.0/24", ""},
           Case{"a hole", set_of({"10.0.0.0/24"}), set_of({"10.0.0.5"}), "10.0.0.5",
                "10.0.0.0-10.0.0.4, 10.0.0.6-10.0.0.255"},
           Case{"overlapping ends", set_of({"10.0.0.0-10.0.0.9", "10.0.0.20-10.0.0.29"}),
                set_of({"10.0.0.8-10.0.0.21"}), "10.0.0.8/31, 10.0.0.20/31",
                "10.0.0.0/29, 10.0.0.22-10.0.0.29"},
           Case{"inside", set_of({"10.0.0.5"}), set_of({"10.0.0.0/8"}), "10.0.0.5", ""},
           Case{"empty", set_of({}), set_of({"0.0.0.0/0"}), "", ""},
           Case{"all", set_of({"0.0.0.0/0"}), set_of({"0.0.0.0", "255.255.255.255"}),
                "0.0.0.0, 255.255.255.255", "0.0.0.1-255.255.255.254"},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(to_string(common(c.a, c.b)), c.both);
    EXPECT_EQ(to_string(common(c.b, c.a)), c.both);
    EXPECT_EQ(to_string(without(c.a, c.b)), c.first_alone);
  }
}

}  // namespace
}  // namespace apiary
