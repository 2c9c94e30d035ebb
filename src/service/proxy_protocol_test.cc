#include "service/proxy_protocol.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

using Header = std::vector<std::uint8_t>;

// The octets are those of section 2.2 of proxy-protocol.txt.
TEST(ProxyHeader, NamesBothEnds) {
  const Header start = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
  const Header addresses = {192, 0, 2, 1, 10, 0, 0, 5, 0x0f, 0xa0, 0, 23};
  struct Case {
    const char* name;
    IpProtocol protocol;
    std::uint8_t family_and_transport;
  };
  for (const Case& c : {Case{"TCP over IPv4", IpProtocol::tcp, 0x11},
                        Case{"UDP over IPv4", IpProtocol::udp, 0x12}}) {
    SCOPED_TRACE(c.name);
    Header expected = start;
    for (const std::uint8_t one : Header{0x21, c.family_and_transport, 0, 12})
      expected.push_back(one);
    expected.insert(expected.end(), addresses.begin(), addresses.end());
    EXPECT_EQ(proxy_header({.remote = {IpAddress::v4(192, 0, 2, 1), Port{4000}},
                            .local = {IpAddress::v4(10, 0, 0, 5), Port{23}},
                            .protocol = c.protocol}),
              expected);
  }
}

TEST(ProxyHeader, HasWholeAddressesForIpv6) {
  std::array<std::uint8_t, 16> bytes = {0x20, 0x01, 0x0d, 0xb8};
  const IpAddress address = IpAddress::from_bytes(bytes);
  const Header header = proxy_header({.remote = {address, Port{1}}, .local = {address, Port{2}}});
  ASSERT_EQ(header.size(), 16U + 36U);
  EXPECT_EQ(header[13], 0x21);
  EXPECT_EQ(header[15], 36);
  EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), header.begin() + 16));
}

}  // namespace
}  // namespace apiary
