#include "config/bound_ranges.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <vector>

namespace apiary {
namespace {

AddressRange range(std::uint32_t first, std::uint32_t last) {
  return {IpAddress::v4(first), IpAddress::v4(last)};
}

TEST(BoundRangesTest, AddsARangeOnce) {
  BoundRanges ranges;
  EXPECT_EQ(ranges.add(range(0, 255), 3), 3U);
  EXPECT_EQ(ranges.add(range(1, 255), 4), 4U);
  EXPECT_EQ(ranges.add(range(0, 255), 5), 3U);
  EXPECT_EQ(ranges.add(range(1, 255), 6), 4U);
}

TEST(BoundRangesTest, CoversAllAddressesByTheShortestPrefix) {
  BoundRanges ranges;
  ranges.add(range(0, 0xffffffff), 7);
  EXPECT_EQ(ranges.smallest_around(IpAddress::v4(0)), 7U);
  EXPECT_EQ(ranges.smallest_around(IpAddress::v4(0xffffffff)), 7U);
  EXPECT_FALSE(ranges.overlapping_in_part(range(5, 9)));
}

/// What a search through all ranges finds, the rule itself.
struct AllRanges {
  std::vector<AddressRange> ranges;

  std::uint64_t smallest_around(std::uint32_t address) const {
    std::uint64_t smallest = ~std::uint64_t{0};
    for (const AddressRange& range : ranges)
      if (range.first.v4_value() <= address && address <= range.last.v4_value())
        smallest =
            std::min<std::uint64_t>(smallest, range.last.v4_value() - range.first.v4_value());
    return smallest;
  }
  bool overlaps_in_part(const AddressRange& a) const {
    return std::any_of(ranges.begin(), ranges.end(), [&](const AddressRange& b) {
      return (a.first < b.first && b.first <= a.last && a.last < b.last) ||
             (b.first < a.first && a.first <= b.last && b.last < a.last);
    });
  }
};

TEST(BoundRangesTest, FindsWhatASearchThroughAllRangesFinds) {
  std::mt19937 rng(1);
  for (int round = 0; round < 200; ++round) {
    BoundRanges ranges;
    AllRanges all;
    for (std::size_t i = 0; i < 40; ++i) {
      std::uint32_t first = rng() % 256;
      std::uint32_t last = first + rng() % 16;
      if (rng() % 2 == 0) {
        const std::uint32_t host_bits = (1U << (rng() % 8)) - 1;
        last = first | host_bits;
        first &= ~host_bits;
      }
      const AddressRange added = range(first, last);
      const auto overlapping = ranges.overlapping_in_part(added);
      ASSERT_EQ(overlapping.has_value(), all.overlaps_in_part(added)) << first << "-" << last;
      if (ranges.add(added, all.ranges.size()) == all.ranges.size()) all.ranges.push_back(added);
    }
    for (std::uint32_t address = 0; address < 300; ++address) {
      const auto found = ranges.smallest_around(IpAddress::v4(address));
      const std::uint64_t expected = all.smallest_around(address);
      ASSERT_EQ(found.has_value(), expected != ~std::uint64_t{0}) << address;
      if (!found) continue;
      const AddressRange& at = all.ranges[*found];
      ASSERT_LE(at.first, IpAddress::v4(address));
      ASSERT_LE(IpAddress::v4(address), at.last);
      ASSERT_EQ(at.last.v4_value() - at.first.v4_value(), expected) << address;
    }
  }
}

TEST(BoundRangesTest, TheTimeOfManyNetworksIsNotQuadratic) {
  const auto seconds = [](std::uint32_t count) {
    const auto start = std::chrono::steady_clock::now();
    BoundRanges ranges;
    for (std::uint32_t i = 0; i < count; ++i) {
      const AddressRange network = range(i << 8, (i << 8) + 254 + i % 2);
      EXPECT_FALSE(ranges.overlapping_in_part(network));
      EXPECT_EQ(ranges.add(network, i), i);
      EXPECT_EQ(ranges.smallest_around(network.last), i);
    }
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  const double few = seconds(2'000);
  EXPECT_LT(seconds(32'000), few * 16 * 8);  // 16 if linear, 256 if quadratic
}

}  // namespace
}  // namespace apiary
