#include "device/ingress_filter.h"

#include <gtest/gtest.h>

#include "device/testing/private_network.h"

namespace apiary {
namespace {

AddressSet set_of(std::initializer_list<const char*> ranges) {
  AddressSet set;
  for (const char* const range : ranges) set.add(*parse_address_range(range));
  return set;
}

class IngressFilterTest : public PrivateNetwork {
 protected:
  void SetUp() override {
    PrivateNetwork::SetUp();
    if (!is_private()) return;
    run("ip link add device0 type veth peer name peer0 && ip link set device0 up && "
        "ip link set peer0 up && ip address add 192.0.2.1/24 dev device0");
  }
  void TearDown() override {
    if (is_private()) run("ip link del device0");
  }

  static IngressFilter install(const AddressSet& addresses) {
    auto filter = IngressFilter::install("device0", addresses);
    EXPECT_TRUE(filter) << to_string(filter.error());
    return std::move(*filter);
  }

  /// Whether the set of the only table contains `address`.
  static bool is_covered(const std::string& address) {
    const std::string command =
        "table=$(nft list tables netdev | cut -d' ' -f3) && nft get element netdev $table claimed "
        "'{ " +
        address + " }' >/dev/null 2>&1";
    return std::system(command.c_str()) == 0;
  }
};

TEST_F(IngressFilterTest, CoversExactlyTheAddressesOfEachChange) {
  struct Case {
    const char* name;
    AddressSet addresses;
    std::vector<const char*> in, out;
  };
  const Case cases[] = {
      {"a prefix and a range",
       set_of({"10.0.0.0/8", "192.0.2.100-192.0.2.199"}),
       {"10.0.0.0", "10.255.255.255", "192.0.2.100", "192.0.2.199"},
       {"9.255.255.255", "11.0.0.0", "192.0.2.99", "192.0.2.200", "255.255.255.255"}},
      {"a range that begins where one did",
       set_of({"10.0.0.0/9", "192.0.2.100-192.0.2.220"}),
       {"10.127.255.255", "192.0.2.220"},
       {"10.128.0.0", "192.0.2.221"}},
      {"a range that begins where one ended",
       set_of({"10.128.0.0/9"}),
       {"10.128.0.0", "10.255.255.255"},
       {"10.127.255.255", "192.0.2.100"}},
      {"single addresses",
       set_of({"10.0.0.1", "10.0.0.3", "10.0.0.5"}),
       {"10.0.0.1", "10.0.0.3", "10.0.0.5"},
       {"10.0.0.0", "10.0.0.2", "10.0.0.4", "10.0.0.6"}},
      {"one range around them", set_of({"10.0.0.0-10.0.0.6"}), {"10.0.0.2"}, {"10.0.0.7"}},
      {"nothing", {}, {}, {"10.0.0.2"}},
      {"everything", set_of({"0.0.0.0/0"}), {"0.0.0.0", "127.0.0.1", "255.255.255.254"}, {}},
      {"the end of everything", set_of({"255.255.255.0/24"}), {"255.255.255.255"}, {"1.2.3.4"}},
  };
  IngressFilter filter = install({});
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto changed = filter.change_to(c.addresses);
    ASSERT_TRUE(changed) << to_string(changed.error());
    for (const char* const address : c.in) EXPECT_TRUE(is_covered(address)) << address;
    for (const char* const address : c.out) EXPECT_FALSE(is_covered(address)) << address;
  }
}

TEST_F(IngressFilterTest, TakesManyRanges) {
  AddressSet odd, even;
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    odd.add({IpAddress::v4(0x0a000001 + 2 * i), IpAddress::v4(0x0a000001 + 2 * i)});
    even.add({IpAddress::v4(0x0a000000 + 2 * i), IpAddress::v4(0x0a000000 + 2 * i)});
  }
  IngressFilter filter = install(odd);
  EXPECT_TRUE(is_covered("10.0.156.63"));
  EXPECT_FALSE(is_covered("10.0.156.62"));
  const auto changed = filter.change_to(even);
  ASSERT_TRUE(changed) << to_string(changed.error());
  EXPECT_TRUE(is_covered("10.0.156.62"));
  EXPECT_FALSE(is_covered("10.0.156.63"));
}

TEST_F(IngressFilterTest, OnlyItsOwnerChangesItAndItEndsWithTheOwner) {
  {
    const IngressFilter filter = install(set_of({"10.0.0.0/8"}));
    run("nft flush ruleset");
    EXPECT_TRUE(is_covered("10.0.0.1"));
    const IngressFilter second = install(set_of({"10.0.0.0/8"}));  // of another daemon
    run("test $(nft list tables netdev | wc -l) = 2");
  }
  run("test -z \"$(nft list ruleset)\"");
}

TEST_F(IngressFilterTest, OutlivesItsInterface) {
  IngressFilter filter = install(set_of({"10.0.0.0/8"}));
  run("ip link del device0 && ip link add device0 type veth peer name peer0");
  EXPECT_TRUE(filter.change_to(set_of({"10.0.0.0/9"})));
  filter = install(set_of({"10.0.0.0/9"}));
  run("nft list ruleset | grep -q 'hook ingress device \"device0\"'");
  run("test $(nft list tables netdev | wc -l) = 1");
}

TEST_F(IngressFilterTest, NftListsIt) {
  const IngressFilter filter = install(set_of({"10.0.0.0/8", "192.0.2.7"}));
  run("nft -j list ruleset >/dev/null");
  run("nft list ruleset | grep -q 'ip daddr @claimed fib daddr type unicast drop'");
  run("nft list ruleset | grep -q 'elements = { 10.0.0.0/8, 192.0.2.7 }'");
}

TEST_F(IngressFilterTest, ReportsErrorsAndLeavesNothing) {
  const auto filter = IngressFilter::install("a-name-too-long-for-an-interface", {});
  ASSERT_FALSE(filter);
  EXPECT_NE(filter.error().number, 0);
  EXPECT_EQ(filter.error().what,
            "adding an nftables chain at the ingress of a-name-too-long-for-an-interface");
  EXPECT_FALSE(IngressFilter::check("a-name-too-long-for-an-interface"));
  const auto possible = IngressFilter::check("device0");
  EXPECT_TRUE(possible) << to_string(possible.error());
  run("test -z \"$(nft list ruleset)\"");
}

}  // namespace
}  // namespace apiary
