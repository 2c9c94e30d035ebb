#include "wire/ip.h"

#include <gtest/gtest.h>

#include "wire/checksum.h"
#include "wire/testing/test_bytes.h"

namespace apiary {
namespace {

// IP 192.0.2.1 > 10.0.0.5: ICMP echo request, id 1, seq 1, length 8
constexpr std::string_view echo = "4500001c 00000000 4001aedb c0000201 0a000005 0800f7fd00010001";
// IP6 2001:db8::1 > 2001:db8::5: ICMP6, echo request, id 1, seq 1, length 8
constexpr std::string_view echo_v6 =
    "60000000 00083a40 20010db8000000000000000000000001 20010db8000000000000000000000005"
    "8000 3a52 0001 0001";

struct VersionCase {
  const char* name;
  std::string bytes;
  std::optional<IpVersion> named;        // by the first four bits
  std::optional<DecodeError> error;      // of parse_ip()
  std::optional<DecodeError> as_v4;      // in a frame of type IPv4
  std::optional<std::uint8_t> protocol;  // by read_ip_protocol()
};
using E = DecodeError;

const VersionCase version_cases[] = {
    {"IPv4", std::string(echo), IpVersion::v4, {}, {}, 1},
    {"IPv6", std::string(echo_v6), IpVersion::v6, E::ipv6_unsupported, E::bad_ip_version, {}},
    {"the start of IPv6", "60", IpVersion::v6, E::ipv6_unsupported, E::truncated, {}},
    {"the start of IPv4", "45000014", IpVersion::v4, E::truncated, E::truncated, {}},
    {"version 5", "5" + std::string(echo.substr(1)), {}, E::bad_ip_version, E::bad_ip_version, {}},
    {"version 0", "00", {}, E::bad_ip_version, E::truncated, {}},
    {"nothing", "", {}, E::truncated, E::truncated, {}},
};

std::optional<DecodeError> error_of(const tl::expected<IpDatagram, DecodeError>& parsed) {
  return parsed ? std::nullopt : std::optional{parsed.error()};
}

TEST(Ip, goes_by_the_version) {
  for (const VersionCase& c : version_cases) {
    SCOPED_TRACE(c.name);
    const auto bytes = from_hex(c.bytes);
    EXPECT_EQ(ip_version_of(Bytes(bytes)), c.named);
    EXPECT_EQ(error_of(parse_ip(bytes)), c.error);
    EXPECT_EQ(error_of(parse_ip(bytes, IpVersion::v4)), c.as_v4);
    EXPECT_EQ(error_of(parse_ip(bytes, IpVersion::v6)), E::ipv6_unsupported);
    EXPECT_EQ(read_ip_protocol(bytes), c.protocol);
    EXPECT_EQ(read_quoted_ip(bytes).has_value(), c.protocol.has_value());
  }
}

TEST(Ip, knows_the_types_of_its_frames) {
  for (const IpVersion version : {IpVersion::v4, IpVersion::v6})
    EXPECT_EQ(ip_version_of(ether_type_of(version)), version);
  EXPECT_EQ(ether_type_of(IpVersion::v4), EtherType{0x0800});
  EXPECT_EQ(ether_type_of(IpVersion::v6), EtherType{0x86dd});
  EXPECT_FALSE(ip_version_of(EtherType::arp));
}

TEST(Ip, counts_the_bytes_of_a_header) {
  const std::vector<std::uint8_t> options(8);
  IpDatagram datagram{.source = IpAddress::v4(10, 0, 0, 1)};
  EXPECT_EQ(ip_header_size_bytes(datagram), 20U);
  datagram.options = options;
  EXPECT_EQ(ip_header_size_bytes(datagram), 28U);
  EXPECT_EQ(datagram.version(), IpVersion::v4);
  EXPECT_EQ(IpDatagram{}.version(), IpVersion::v6);  // from ::
  EXPECT_EQ(min_ip_header_bytes(IpVersion::v6), 40U);
}

TEST(Ip, reads_a_quotation_as_far_as_it_goes) {
  auto bytes = from_hex(echo);
  bytes[10] ^= 0xff;  // a garbled checksum
  bytes[2] = 0xff;    // and length
  const auto quoted = read_quoted_ip(Bytes(bytes).first(24));
  ASSERT_TRUE(quoted);
  EXPECT_EQ(to_string(quoted->source), "192.0.2.1");
  EXPECT_EQ(quoted->payload.size(), 4U);
  EXPECT_FALSE(read_quoted_ip(Bytes(bytes).first(19)));
}

TEST(PseudoHeader, is_of_the_version_of_the_addresses) {
  const auto v6 = [](std::string_view hex) {
    const auto bytes = from_hex(hex);
    return IpAddress::from_bytes(std::span<const std::uint8_t, 16>(bytes));
  };
  const auto a = IpAddress::v4(192, 0, 2, 1), b = IpAddress::v4(10, 0, 0, 5);
  const auto e = v6("20010db8000000000000000000000001"), f = v6("20010db8000000000000000000000005");
  struct Case {
    const char* name;
    IpAddress source, destination;
    std::size_t length;
    std::string_view summed;  // RFC 768; RFC 8200 section 8.1
  };
  for (const Case& c : {
           Case{"IPv4", a, b, 0x1234, "c0000201 0a000005 0011 1234"},
           Case{"IPv6", e, f, 0x1234,
                "20010db8000000000000000000000001 20010db8000000000000000000000005"
                "00001234 00000011"},
           Case{"IPv6 jumbogram", e, f, 0x51234,
                "20010db8000000000000000000000001 20010db8000000000000000000000005"
                "00051234 00000011"},
       }) {
    SCOPED_TRACE(c.name);
    InternetChecksum sum;
    sum.add_pseudo_header(c.source, c.destination, IpProtocol::udp, c.length);
    EXPECT_EQ(sum.finish(), internet_checksum(from_hex(c.summed)));
  }
}

}  // namespace
}  // namespace apiary
