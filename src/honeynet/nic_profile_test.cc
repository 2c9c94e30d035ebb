#include "honeynet/nic_profile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "honeynet/honeynet.h"

namespace apiary {
namespace {

const HashKey key{1, 2};

TEST(NicProfile, OfASingleHostIsItsAddress) {
  const MacAddress mac{{0, 0x11, 0x22, 0x33, 0x44, 0x55}};
  EXPECT_EQ(mac_address({"", {{0, 0x11, 0x22}}, mac}, IpAddress::v4(10, 0, 0, 1), key), mac);
}

TEST(NicProfile, GivesEachHostItsOwnAddressOfThePrefix) {
  const NicProfile nic{"", {{0, 0x11, 0x22}}, {}};
  std::set<MacAddress> seen;
  for (std::uint32_t i = 0; i < 65'536; ++i) {
    const MacAddress mac = mac_address(nic, IpAddress::v4(0x0a010000 + i), key);
    ASSERT_EQ(mac.bytes[0], 0);
    ASSERT_EQ(mac.bytes[1], 0x11);
    ASSERT_EQ(mac.bytes[2], 0x22);
    seen.insert(mac);
  }
  EXPECT_EQ(seen.size(), 65'536U) << "no two are the same";
}

TEST(NicProfile, DependsOnlyOnTheKey) {
  const NicProfile nic{"", {{0, 0x11, 0x22}}, {}};
  const IpAddress host = IpAddress::v4(10, 0, 0, 1);
  EXPECT_EQ(mac_address(nic, host, key), mac_address(nic, host, key));
  EXPECT_NE(mac_address(nic, host, key), mac_address(nic, host, {1, 3}));
}

TEST(NicProfile, UsesAllPrefixes) {
  const NicProfile nic{"", {{0, 1, 1}, {0, 1, 2}, {0, 1, 3}, {0, 1, 4}}, {}};
  std::array<int, 5> counts{};
  for (std::uint32_t i = 0; i < 4'000; ++i)
    ++counts[mac_address(nic, IpAddress::v4(0x0a000000 + i), key).bytes[2]];
  for (std::size_t i = 1; i < counts.size(); ++i) EXPECT_NEAR(counts[i], 1'000, 150);
}

TEST(MachineOnLink, IsTheFirstChoiceWithACard) {
  const auto plain = std::make_shared<const HostTemplate>(HostTemplate{.name = "plain"});
  const auto with_nic = std::make_shared<const HostTemplate>(
      HostTemplate{.name = "carded", .nic = std::make_shared<const NicProfile>()});
  const auto dynamic = [](std::vector<Choice> choices) {
    return HostTemplate{.name = "dynamic", .is_dynamic = true, .choices = std::move(choices)};
  };
  EXPECT_EQ(machine_on_link(*plain).name, "plain");
  EXPECT_EQ(machine_on_link(dynamic({})).name, "dynamic");
  EXPECT_EQ(machine_on_link(dynamic({{Otherwise{}, plain}})).name, "plain");
  EXPECT_EQ(machine_on_link(dynamic({{Otherwise{}, plain}, {Otherwise{}, with_nic}})).name,
            "carded");
}

}  // namespace
}  // namespace apiary
