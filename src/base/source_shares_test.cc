#include "base/source_shares.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace apiary {
namespace {

using Exhausted = SourceShares::Exhausted;

constexpr IpAddress visitor(std::uint8_t network, std::uint8_t host) {
  return IpAddress::v4(192, 0, network, host);
}

TEST(SourceShares, AHostAndItsNetworkHaveAShareEach) {
  SourceShares shares({.per_host = 2, .per_network = 3});
  std::vector<SourceShares::Slot> slots;
  struct Case {
    const char* name;
    IpAddress source;
    bool is_given;
    Exhausted why;
  };
  for (const Case& c : {
           Case{"first", visitor(2, 1), true, {}},
           Case{"second", visitor(2, 1), true, {}},
           Case{"the host's share is used up", visitor(2, 1), false, Exhausted::host},
           Case{"a neighbour", visitor(2, 2), true, {}},
           Case{"the network's share is used up", visitor(2, 3), false, Exhausted::network},
           Case{"another network", visitor(3, 1), true, {}},
       }) {
    SCOPED_TRACE(c.name);
    auto slot = shares.take(c.source);
    ASSERT_EQ(slot.has_value(), c.is_given);
    if (slot)
      slots.push_back(std::move(*slot));
    else
      EXPECT_EQ(slot.error(), c.why);
  }
  EXPECT_EQ(shares.of_host(visitor(2, 1)), 2U);
  EXPECT_EQ(shares.of_network(visitor(2, 77)), 3U);
  EXPECT_EQ(shares.of_network(visitor(3, 77)), 1U);
}

TEST(SourceShares, APlaceIsGivenBackOnce) {
  SourceShares shares({.per_host = 1, .per_network = 1});
  {
    auto slot = shares.take(visitor(2, 1));
    ASSERT_TRUE(slot);
    SourceShares::Slot moved = std::move(*slot);
    SourceShares::Slot assigned;
    assigned = std::move(moved);
    EXPECT_EQ(shares.of_host(visitor(2, 1)), 1U);
    EXPECT_FALSE(shares.take(visitor(2, 1)));
  }
  EXPECT_EQ(shares.of_host(visitor(2, 1)), 0U);
  EXPECT_EQ(shares.of_network(visitor(2, 1)), 0U);
  EXPECT_TRUE(shares.take(visitor(2, 1)));
}

TEST(SourceShares, ANetworkOfIpv6IsOneVisitor) {
  SourceShares shares({.per_host = 1, .per_network = 1});
  std::array<std::uint8_t, 16> bytes = {0x20, 0x01, 0x0d, 0xb8};
  const auto first = shares.take(IpAddress::from_bytes(bytes));
  ASSERT_TRUE(first);
  bytes[15] = 1;
  const auto neighbour = shares.take(IpAddress::from_bytes(bytes));
  ASSERT_FALSE(neighbour);
  EXPECT_EQ(neighbour.error(), Exhausted::network);
  bytes[5] = 1;
  EXPECT_TRUE(shares.take(IpAddress::from_bytes(bytes)));
}

}  // namespace
}  // namespace apiary
