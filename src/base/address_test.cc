#include "base/address.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace apiary {
namespace {

TEST(IpAddress, reads_exactly_the_dotted_quads) {
  struct Case {
    const char* name;
    std::string_view text;
    std::optional<IpAddress> expected;
  };
  for (const Case& c : {
           Case{"plain", "10.1.2.3", IpAddress::v4(10, 1, 2, 3)},
           Case{"lowest", "0.0.0.0", IpAddress::v4(0)},
           Case{"highest", "255.255.255.255", IpAddress::v4(0xffffffff)},
           Case{"octet too large", "10.1.2.256", {}},
           Case{"octet far too large", "10.1.2.99999999999", {}},
           Case{"leading zero", "10.01.2.3", {}},
           Case{"three octets", "10.1.2", {}},
           Case{"five octets", "10.1.2.3.4", {}},
           Case{"empty octet", "10..2.3", {}},
           Case{"sign", "10.-1.2.3", {}},
           Case{"space", " 10.1.2.3", {}},
           Case{"something behind", "10.1.2.3x", {}},
           Case{"nothing", "", {}},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(parse_ip_address(c.text), c.expected);
    if (c.expected) {
      EXPECT_EQ(to_string(*c.expected), c.text);
    }
  }
}

TEST(IpAddress, lies_mapped_in_sixteen_bytes) {
  const auto bytes = IpAddress::v4(10, 1, 2, 3).bytes();
  const std::array<std::uint8_t, 16> expected = {0, 0, 0,    0,    0,  0, 0, 0,
                                                 0, 0, 0xff, 0xff, 10, 1, 2, 3};
  EXPECT_EQ(bytes, expected);
  EXPECT_FALSE(IpAddress{}.is_v4());
  EXPECT_EQ(to_string(IpAddress{}), "0:0:0:0:0:0:0:0");
}

TEST(IpAddress, knows_the_special_ranges) {
  struct Case {
    const char* name;
    IpAddress address;
    bool multicast, broadcast, unspecified, loopback;
  };
  for (const Case& c : {
           Case{"unspecified", IpAddress::v4(0), false, false, true, false},
           Case{"unspecified IPv6", IpAddress{}, false, false, true, false},
           Case{"before multicast", IpAddress::v4(223, 255, 255, 255), false, false, false, false},
           Case{"first multicast", IpAddress::v4(224, 0, 0, 0), true, false, false, false},
           Case{"last multicast", IpAddress::v4(239, 255, 255, 255), true, false, false, false},
           Case{"after multicast", IpAddress::v4(240, 0, 0, 0), false, false, false, false},
           Case{"broadcast", IpAddress::v4(255, 255, 255, 255), false, true, false, false},
           Case{"loopback", IpAddress::v4(127, 9, 0, 1), false, false, false, true},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(c.address.is_multicast(), c.multicast);
    EXPECT_EQ(c.address.is_broadcast(), c.broadcast);
    EXPECT_EQ(c.address.is_unspecified(), c.unspecified);
    EXPECT_EQ(c.address.is_loopback(), c.loopback);
  }
}

TEST(IpAddress, is_ordered_by_value) {
  EXPECT_LT(IpAddress::v4(9, 255, 255, 255), IpAddress::v4(10, 0, 0, 0));
  EXPECT_LT(IpAddress::v4(10, 0, 0, 255), IpAddress::v4(10, 0, 1, 0));
}

IpAddress v6(std::initializer_list<std::uint8_t> first_bytes) {
  std::array<std::uint8_t, 16> bytes{};
  std::ranges::copy(first_bytes, bytes.begin());
  return IpAddress::from_bytes(bytes);
}

TEST(IpAddress, has_a_version) {
  struct Case {
    const char* name;
    IpAddress address;
    IpVersion expected;
  };
  std::array<std::uint8_t, 16> compatible{};  // ::10.0.0.1, not mapped (RFC 4291 section 2.5.5.1)
  compatible[12] = 10;
  compatible[15] = 1;
  auto almost = IpAddress::v4(10, 0, 0, 1).bytes();
  almost[0] = 1;
  for (const Case& c : {
           Case{"0.0.0.0", IpAddress::v4(0), IpVersion::v4},
           Case{"255.255.255.255", IpAddress::v4(0xffffffff), IpVersion::v4},
           Case{"::", IpAddress{}, IpVersion::v6},
           Case{"2001:db8::", v6({0x20, 0x01, 0x0d, 0xb8}), IpVersion::v6},
           Case{"::10.0.0.1", IpAddress::from_bytes(compatible), IpVersion::v6},
           Case{"mapped, but for its first byte", IpAddress::from_bytes(almost), IpVersion::v6},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(c.address.version(), c.expected);
    EXPECT_EQ(c.address.is_v4(), c.expected == IpVersion::v4);
  }
}

TEST(SourceAggregate, is_the_network_of_a_visitor) {
  struct Case {
    const char* name;
    IpAddress one, other;
    bool is_same;
  };
  const auto at = [](std::uint8_t fifth, std::uint8_t sixth, std::uint8_t seventh) {
    return v6({0x20, 0x01, 0x0d, 0xb8, fifth, sixth, seventh});
  };
  for (const Case& c : {
           Case{"one /24", IpAddress::v4(192, 0, 2, 1), IpAddress::v4(192, 0, 2, 255), true},
           Case{"two /24", IpAddress::v4(192, 0, 2, 1), IpAddress::v4(192, 0, 3, 1), false},
           Case{"one /48", at(0, 1, 0), at(0, 1, 0xff), true},
           Case{"two /48", at(0, 1, 0), at(0, 2, 0), false},
           Case{"two /40", at(0, 1, 0), at(1, 1, 0), false},
           Case{"both versions", IpAddress::v4(0, 0, 0, 1), IpAddress{}, false},
           Case{"the same digits", IpAddress::v4(10, 0, 0, 1), v6({0, 0, 0, 10}), false},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(source_aggregate(c.one) == source_aggregate(c.other), c.is_same);
  }
}

TEST(IpPrefix, reads_prefixes_and_clears_host_bits) {
  struct Case {
    const char* name;
    std::string_view text;
    std::optional<std::string> expected;
  };
  for (const Case& c : {
           Case{"prefix", "10.0.0.0/8", "10.0.0.0/8"},
           Case{"host bits", "10.1.2.3/8", "10.0.0.0/8"},
           Case{"everything", "1.2.3.4/0", "0.0.0.0/0"},
           Case{"one address", "10.1.2.3", "10.1.2.3/32"},
           Case{"length too large", "10.0.0.0/33", {}},
           Case{"no length", "10.0.0.0/", {}},
           Case{"negative length", "10.0.0.0/-1", {}},
           Case{"something behind", "10.0.0.0/8 ", {}},
       }) {
    SCOPED_TRACE(c.name);
    const auto prefix = parse_ip_prefix(c.text);
    EXPECT_EQ(prefix.has_value(), c.expected.has_value());
    if (prefix && c.expected) {
      EXPECT_EQ(to_string(*prefix), *c.expected);
    }
  }
}

TEST(IpPrefix, contains_what_lies_between_its_ends) {
  const IpPrefix prefix{IpAddress::v4(10, 1, 2, 200), 25};
  EXPECT_EQ(to_string(prefix.first()), "10.1.2.128");
  EXPECT_EQ(to_string(prefix.last()), "10.1.2.255");
  EXPECT_TRUE(prefix.contains(prefix.first()));
  EXPECT_TRUE(prefix.contains(prefix.last()));
  EXPECT_FALSE(prefix.contains(IpAddress::v4(10, 1, 2, 127)));
  EXPECT_FALSE(prefix.contains(IpAddress::v4(10, 1, 3, 0)));
  EXPECT_FALSE(prefix.contains(IpAddress{}));
  EXPECT_TRUE(IpPrefix(IpAddress::v4(0), 0).contains(IpAddress::v4(0xffffffff)));
}

TEST(MacAddress, is_written_in_several_ways) {
  const auto mac = parse_mac_address("02:00:5e:Aa:0f:ff");
  ASSERT_TRUE(mac);
  EXPECT_EQ(to_string(*mac), "02:00:5e:aa:0f:ff");
  for (const std::string_view same :
       {"2:0:5e:aa:f:ff", "02-00-5E-AA-0F-FF", "2-0-5e-aa-f-ff", "0200.5eaa.0fff"}) {
    SCOPED_TRACE(same);
    EXPECT_EQ(parse_mac_address(same), mac);
  }
  for (const std::string_view wrong :
       {"", "02:00:5e:aa:0f", "02:00:5e:aa:0f:ff:00", "02-00:5e-aa-0f-ff", "0200.5eaa.fff",
        "0200.5eaa.0fff.", "0200.5eaa", "02005eaa0fff", ":::::", "+2:00:5e:aa:0f:ff",
        "02:00:5e:aa:0f:fg", "002:00:5e:aa:0f:f", "02:00:5e:aa:0f:ff "}) {
    SCOPED_TRACE(wrong);
    EXPECT_FALSE(parse_mac_address(wrong));
  }
  EXPECT_TRUE(broadcast_mac.is_group());
  EXPECT_TRUE(parse_mac_address("01:00:5e:00:00:01")->is_group());
  EXPECT_FALSE(mac->is_group());
}

TEST(Endpoint, is_spelled_with_its_port) {
  EXPECT_EQ(to_string(Endpoint{IpAddress::v4(10, 0, 0, 1), Port{80}}), "10.0.0.1:80");
}

}  // namespace
}  // namespace apiary
