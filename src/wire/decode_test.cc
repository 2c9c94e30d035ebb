#include "wire/decode.h"

#include <gtest/gtest.h>

#include "wire/checksum.h"
#include "wire/describe.h"
#include "wire/icmp.h"
#include "wire/tcp.h"
#include "wire/tcp_options.h"
#include "wire/testing/test_bytes.h"
#include "wire/udp.h"

namespace apiary {
namespace {

constexpr std::string_view ethernet = "0200000000fe 020000000001 ";
// ARP, Request who-has 10.0.0.5 tell 192.0.2.1
constexpr std::string_view who_has =
    "0806 0001 0800 0604 0001 020000000001 c0000201 000000000000 0a000005";
// IP 192.0.2.1 > 10.0.0.5: ICMP echo request, id 1, seq 1, length 8
constexpr std::string_view echo = "4500001c 00000000 4001aedb c0000201 0a000005 0800f7fd00010001";

TEST(DecodeFrame, reads_arp_and_ipv4_over_ethernet_and_ipv4_alone) {
  struct Case {
    const char* name;
    std::string bytes;
    LinkLayer link_layer;
    std::string expected;  // a description, or an error
  };
  const std::string e(ethernet);
  for (const Case& c : {
           Case{"ARP", e + std::string(who_has), LinkLayer::ethernet,
                "arp who-has 10.0.0.5 tell 192.0.2.1"},
           Case{"IPv4", e + "0800 " + std::string(echo), LinkLayer::ethernet,
                "192.0.2.1 > 10.0.0.5: icmp echo_request id 1 seq 1 (0)"},
           Case{"raw IPv4", std::string(echo), LinkLayer::raw_ip,
                "192.0.2.1 > 10.0.0.5: icmp echo_request id 1 seq 1 (0)"},
           Case{"IPv6", e + "86dd 60000000", LinkLayer::ethernet, "IPv6 is not supported yet"},
           Case{"raw IPv6", "60000000", LinkLayer::raw_ip, "IPv6 is not supported yet"},
           Case{"neither", "70000000", LinkLayer::raw_ip, "bad IP version"},
           Case{"PPPoE", e + "8864 60000000", LinkLayer::ethernet, "unknown ether type"},
           Case{"VLAN", e + "8100 0001 0800" + std::string(echo), LinkLayer::ethernet,
                "tagged for a VLAN"},
           Case{"VLAN and a priority", e + "8100 efff 0800" + std::string(echo),
                LinkLayer::ethernet, "tagged for a VLAN"},
           Case{"priority only", e + "8100 e000 0800" + std::string(echo), LinkLayer::ethernet,
                "192.0.2.1 > 10.0.0.5: icmp echo_request id 1 seq 1 (0)"},
           Case{"priority only, of a provider", e + "88a8 0000 " + std::string(who_has),
                LinkLayer::ethernet, "arp who-has 10.0.0.5 tell 192.0.2.1"},
           Case{"two priorities", e + "8100 0000 8100 0000 0800" + std::string(echo),
                LinkLayer::ethernet, "unknown ether type"},
           Case{"half a tag", e + "8100 00", LinkLayer::ethernet, "truncated"},
           Case{"IPv6 called IPv4", e + "0800 6" + std::string(echo.substr(1)), LinkLayer::ethernet,
                "bad IP version"},
           Case{"half an Ethernet header", "0200000000fe 0200", LinkLayer::ethernet, "truncated"},
           Case{"an Ethernet header alone", e + "0800", LinkLayer::ethernet, "truncated"},
           Case{"nothing", "", LinkLayer::raw_ip, "truncated"},
       }) {
    SCOPED_TRACE(c.name);
    const auto bytes = from_hex(c.bytes);
    const auto decoded = decode_frame(bytes, c.link_layer);
    if (decoded) {
      EXPECT_EQ(describe_frame(bytes, c.link_layer), c.expected);
    } else {
      EXPECT_EQ(to_string(decoded.error()), c.expected);
    }
  }
}

TEST(ReadFlow, reads_that_of_an_ipv4_header_even_if_the_rest_is_malformed) {
  struct Case {
    const char* name;
    std::string bytes;
    LinkLayer link_layer;
    std::optional<IpAddress> expected;
  };
  const std::string e(ethernet), ipv4(echo);
  const std::string header_alone = ipv4.substr(0, ipv4.find(" 0800"));
  const IpAddress host = IpAddress::v4(10, 0, 0, 5);
  for (const Case& c : {
           Case{"IPv4", e + "0800 " + ipv4, LinkLayer::ethernet, host},
           Case{"raw IPv4", ipv4, LinkLayer::raw_ip, host},
           Case{"a header without its payload", header_alone, LinkLayer::raw_ip, host},
           Case{"a header that is cut off", header_alone.substr(0, 40), LinkLayer::raw_ip, {}},
           Case{"ARP", e + std::string(who_has), LinkLayer::ethernet, {}},
           Case{"IPv6", e + "86dd 60000000", LinkLayer::ethernet, {}},
           Case{"half of an Ethernet header", "020000000001", LinkLayer::ethernet, {}},
           Case{"nothing", "", LinkLayer::raw_ip, {}},
       }) {
    SCOPED_TRACE(c.name);
    const auto flow = read_flow(from_hex(c.bytes), c.link_layer);
    ASSERT_EQ(flow.has_value(), c.expected.has_value());
    if (flow) EXPECT_EQ(flow->local.address, *c.expected);
  }
}

TEST(DecodeFrame, says_who_sent_it) {
  const auto bytes = from_hex(std::string(ethernet) + std::string(who_has));
  EXPECT_EQ(to_string(decode_frame(bytes, LinkLayer::ethernet).value().sender),
            "02:00:00:00:00:01");
  const auto raw = from_hex(echo);
  EXPECT_EQ(decode_frame(raw, LinkLayer::raw_ip).value().sender, MacAddress{});
}

TEST(DecodeError, has_a_name_for_every_case) {
  for (int i = 0; i <= static_cast<int>(DecodeError::bad_transport_checksum); ++i)
    EXPECT_NE(to_string(static_cast<DecodeError>(i)), "unknown") << i;
}

/// Reads `frame` with everything that reads frames. Run under the sanitizers, which say whether
/// anything looked beyond its end.
void read_all_of(Bytes frame, LinkLayer link_layer) {
  EXPECT_FALSE(describe_frame(frame, link_layer, {.ip_attributes = true}).empty());
  parse_arp(frame);
  parse_icmp(frame);
  parse_udp(frame);
  parse_tcp_options(frame);
  describe_tcp_options(frame);
  if (const auto segment = parse_tcp(frame)) {
    EXPECT_LE(tcp_size_bytes(*segment), frame.size());
    describe(*segment);
  }
  const auto datagram = parse_ip(frame);
  if (!datagram) return;
  EXPECT_LE(datagram->whole.size(), frame.size());
  if (const auto segment = parse_tcp(datagram->payload)) parse_tcp_options(segment->options);
  parse_udp(datagram->payload);
  parse_icmp(datagram->payload);
}

TEST(DecodeFrame, takes_any_bytes) {
  Random random(61);
  for (int i = 0; i < 30'000; ++i) {
    const auto bytes = random_bytes(random, random.below(120));
    read_all_of(bytes, random.below(2) == 0 ? LinkLayer::ethernet : LinkLayer::raw_ip);
  }
}

TEST(DecodeFrame, takes_headers_with_any_bytes_in_them) {
  Random random(62);
  for (int i = 0; i < 60'000; ++i) {
    auto bytes = random_bytes(random, 20 + random.below(100));
    // Right where it must be for the rest to be looked at.
    bytes[0] = static_cast<std::uint8_t>(0x40 | (5 + random.below(3)));
    const auto total_length = static_cast<std::uint16_t>(bytes.size() - random.below(3));
    bytes[2] = static_cast<std::uint8_t>(total_length >> 8);
    bytes[3] = static_cast<std::uint8_t>(total_length);
    if (random.below(4) > 0) bytes[6] = bytes[7] = 0;
    constexpr std::uint8_t protocols[] = {1, 6, 17, 47};
    bytes[9] = protocols[random.below(4)];
    if (bytes.size() > 20 && random.below(2) == 0)
      bytes[20] = protocols[random.below(3)] == 1 ? 3 : 11;
    bytes[10] = bytes[11] = 0;
    const std::size_t header_size = std::min<std::size_t>(bytes.size(), 4U * (bytes[0] & 0xf));
    const std::uint16_t sum = internet_checksum(Bytes(bytes).first(header_size));
    bytes[10] = static_cast<std::uint8_t>(sum >> 8);
    bytes[11] = static_cast<std::uint8_t>(sum);
    // In a buffer of exactly its size, so that the sanitizer sees a step beyond.
    read_all_of(std::vector<std::uint8_t>(bytes.begin(), bytes.end()), LinkLayer::raw_ip);
  }
}

}  // namespace
}  // namespace apiary
