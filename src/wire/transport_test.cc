// ICMP, UDP and ARP: small enough for one file.
#include <gtest/gtest.h>

#include "wire/arp.h"
#include "wire/checksum.h"
#include "wire/describe.h"
#include "wire/icmp.h"
#include "wire/testing/test_bytes.h"
#include "wire/udp.h"

namespace apiary {
namespace {

const IpAddress visitor = IpAddress::v4(192, 0, 2, 1), host = IpAddress::v4(10, 0, 0, 5);

TEST(ParseIcmp, needs_eight_bytes) {
  const auto bytes = from_hex("0800 f7fd 0001 0002 aabb");
  for (std::size_t size = 0; size < 8; ++size) {
    const auto message = parse_icmp(Bytes(bytes).first(size));
    ASSERT_FALSE(message);
    EXPECT_EQ(message.error(), DecodeError::truncated);
  }
  const auto message = parse_icmp(bytes);
  ASSERT_TRUE(message);
  EXPECT_TRUE(message->is(IcmpType::echo_request));
  EXPECT_EQ(message->rest, 0x00010002u);
  EXPECT_EQ(message->payload.size(), 2u);
}

TEST(IcmpMessage, knows_which_types_report_errors) {
  for (int type = 0; type < 256; ++type) {
    const bool expected = type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
    const IcmpMessage message{static_cast<std::uint8_t>(type), 0, 0, {}};
    EXPECT_EQ(message.is_error(), expected) << type;
  }
}

TEST(EmitIcmp, is_read_back_as_it_was) {
  Random random(41);
  for (int i = 0; i < 500; ++i) {
    const auto payload = random_bytes(random, random.below(200));
    const IcmpMessage message{static_cast<std::uint8_t>(random.next()),
                              static_cast<std::uint8_t>(random.next()),
                              static_cast<std::uint32_t>(random.next()), payload};
    std::vector<std::uint8_t> bytes(icmp_size_bytes(message));
    emit_icmp(message, bytes);
    EXPECT_EQ(internet_checksum(bytes), 0);
    const auto again = parse_icmp(bytes);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->type, message.type);
    EXPECT_EQ(again->code, message.code);
    EXPECT_EQ(again->rest, message.rest);
    EXPECT_EQ(as_text(again->payload), as_text(payload));
  }
}

TEST(ParseUdp, reads_what_its_length_covers) {
  struct Case {
    const char* name;
    std::string_view bytes;
    tl::expected<std::size_t, DecodeError> expected;  // payload bytes
  };
  for (const Case& c : {
           Case{"no payload", "0fa0 0035 0008 0000", 0},
           Case{"payload", "0fa0 0035 000a 0000 aabb", 2},
           Case{"shorter than the datagram", "0fa0 0035 0009 0000 aabb", 1},
           Case{"seven bytes", "0fa0 0035 0008 00", tl::unexpected(DecodeError::truncated)},
           Case{"length 7", "0fa0 0035 0007 0000", tl::unexpected(DecodeError::bad_udp_length)},
           Case{"length 0", "0fa0 0035 0000 0000 aabb",
                tl::unexpected(DecodeError::bad_udp_length)},
           Case{"length past the end", "0fa0 0035 000b 0000 aabb",
                tl::unexpected(DecodeError::bad_udp_length)},
       }) {
    SCOPED_TRACE(c.name);
    const auto bytes = from_hex(c.bytes);
    const auto datagram = parse_udp(bytes);
    ASSERT_EQ(datagram.has_value(), c.expected.has_value());
    if (!datagram) {
      EXPECT_EQ(datagram.error(), c.expected.error());
      continue;
    }
    EXPECT_EQ(datagram->payload.size(), *c.expected);
    EXPECT_EQ(datagram->source_port, Port{4000});
    EXPECT_EQ(datagram->destination_port, Port{53});
    EXPECT_FALSE(datagram->has_checksum);
  }
}

TEST(EmitUdp, is_read_back_as_it_was_and_always_has_a_checksum) {
  Random random(42);
  bool met_all_ones = false;
  for (int i = 0; i < 200'000 && !(met_all_ones && i > 1000); ++i) {
    const auto payload = random_bytes(random, random.below(20));
    const UdpDatagram datagram{Port{static_cast<std::uint16_t>(random.next())},
                               Port{static_cast<std::uint16_t>(random.next())}, true, payload};
    std::vector<std::uint8_t> bytes(udp_size_bytes(datagram));
    emit_udp(datagram, visitor, host, bytes);
    ASSERT_EQ(transport_checksum(visitor, host, IpProtocol::udp, bytes), 0);
    if (bytes[6] == 0xff && bytes[7] == 0xff) met_all_ones = true;
    const auto again = parse_udp(bytes);
    ASSERT_TRUE(again);
    ASSERT_TRUE(again->has_checksum);
    EXPECT_EQ(again->source_port, datagram.source_port);
    EXPECT_EQ(again->destination_port, datagram.destination_port);
    EXPECT_EQ(as_text(again->payload), as_text(payload));
  }
  EXPECT_TRUE(met_all_ones) << "a sum of zero is written as all ones (RFC 768)";
}

// ARP, Request who-has 10.0.0.5 tell 192.0.2.1
constexpr std::string_view who_has =
    "0001 0800 0604 0001 020000000001 c0000201 000000000000 0a000005";

TEST(ParseArp, keeps_what_the_message_says_of_itself) {
  const auto message =
      parse_arp(from_hex("0006 8137 0806 01ff 020000000001 c0000201 "
                         "000000000000 0a000005"));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->hardware_type, 6);
  EXPECT_EQ(message->protocol_type, 0x8137);
  EXPECT_EQ(message->hardware_length, 8);
  EXPECT_EQ(message->protocol_length, 6);
  EXPECT_EQ(static_cast<unsigned>(message->operation), 0x1ffU);
  EXPECT_EQ(message->target_ip, host);
  EXPECT_EQ(describe(*message), "arp op 511 about 10.0.0.5");
}

TEST(ParseArp, refuses_what_is_too_short) {
  const auto bytes = from_hex(who_has);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto message = parse_arp(Bytes(bytes).first(size));
    ASSERT_FALSE(message);
    EXPECT_EQ(message.error(), DecodeError::truncated);
  }
}

TEST(EmitArp, is_read_back_as_it_was) {
  const ArpMessage message{ArpOperation::reply, *parse_mac_address("02:00:00:00:00:fe"), host,
                           *parse_mac_address("02:00:00:00:00:01"), visitor};
  std::vector<std::uint8_t> bytes(arp_size_bytes + 18, 0xee);  // padded as Ethernet does
  emit_arp(message, bytes);
  EXPECT_EQ(parse_arp(bytes), message);

  const auto request = parse_arp(from_hex(who_has));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->operation, ArpOperation::request);
  EXPECT_EQ(request->sender_ip, visitor);
  EXPECT_EQ(request->target_ip, host);
}

}  // namespace
}  // namespace apiary
