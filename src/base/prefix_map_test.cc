#include "base/prefix_map.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

using Map = PrefixMap<int>;

/// The slow way: of all entries that contain the address the longest, of equals the last.
const int* slow_find(const std::vector<Map::Entry>& entries, const IpAddress& address) {
  const Map::Entry* best = nullptr;
  for (const Map::Entry& entry : entries)
    if (entry.first.contains(address) &&
        (best == nullptr || entry.first.length() >= best->first.length()))
      best = &entry;
  return best == nullptr ? nullptr : &best->second;
}

TEST(PrefixMap, finds_nothing_when_empty) {
  EXPECT_EQ(Map{}.find(IpAddress::v4(10, 0, 0, 1)), nullptr);
  EXPECT_EQ(Map{std::vector<Map::Entry>{}}.find(IpAddress::v4(0)), nullptr);
}

TEST(PrefixMap, prefers_the_longest_prefix_and_of_equals_the_later) {
  const Map map({{*parse_ip_prefix("0.0.0.0/0"), 1},
                 {*parse_ip_prefix("10.1.0.0/16"), 2},
                 {*parse_ip_prefix("10.0.0.0/8"), 3},
                 {*parse_ip_prefix("10.1.2.3"), 4},
                 {*parse_ip_prefix("10.1.0.0/16"), 5},
                 {*parse_ip_prefix("255.255.255.255"), 6}});
  struct Case {
    std::string_view address;
    int expected;
  };
  for (const Case& c :
       {Case{"9.255.255.255", 1}, Case{"10.0.0.0", 3}, Case{"10.0.255.255", 3}, Case{"10.1.0.0", 5},
        Case{"10.1.2.2", 5}, Case{"10.1.2.3", 4}, Case{"10.1.2.4", 5}, Case{"10.2.0.0", 3},
        Case{"11.0.0.0", 1}, Case{"255.255.255.254", 1}, Case{"255.255.255.255", 6}}) {
    SCOPED_TRACE(c.address);
    const int* const found = map.find(*parse_ip_address(c.address));
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(*found, c.expected);
  }
  EXPECT_EQ(map.find(IpAddress{}), nullptr) << "not IPv4";
}

TEST(PrefixMap, agrees_with_a_search_of_all_entries) {
  Random random(7);
  for (int round = 0; round < 300; ++round) {
    SCOPED_TRACE(round);
    std::vector<Map::Entry> entries;
    const std::uint64_t count = random.below(40);
    for (std::uint64_t i = 0; i < count; ++i) {
      // Few distinct high bits, so that prefixes nest and repeat; both ends of the address space.
      const auto bits = static_cast<std::uint32_t>(random.below(16) << 28 | random.below(8) << 8 |
                                                   random.below(8));
      entries.emplace_back(IpPrefix{IpAddress::v4(bits), static_cast<int>(random.below(33))},
                           static_cast<int>(i));
    }
    const Map map(entries);
    for (int probe = 0; probe < 200; ++probe) {
      std::uint32_t bits = static_cast<std::uint32_t>(random.next());
      if (!entries.empty() && random.below(2) == 0) {  // at an edge of an entry, where it is hard
        const IpPrefix& prefix = entries[random.below(entries.size())].first;
        bits = (random.below(2) == 0 ? prefix.first() : prefix.last()).v4_value() +
               static_cast<std::uint32_t>(random.below(3)) - 1;
      }
      const int* const expected = slow_find(entries, IpAddress::v4(bits));
      const int* const found = map.find(IpAddress::v4(bits));
      ASSERT_EQ(found == nullptr, expected == nullptr) << to_string(IpAddress::v4(bits));
      if (found == nullptr) continue;
      ASSERT_EQ(*found, *expected) << to_string(IpAddress::v4(bits));
    }
  }
}

}  // namespace
}  // namespace apiary
