#include "wire/tcp.h"

#include <gtest/gtest.h>

#include "wire/checksum.h"
#include "wire/testing/test_bytes.h"

namespace apiary {
namespace {

TEST(ParseTcp, refuses_a_data_offset_out_of_place) {
  struct Case {
    const char* name;
    std::uint8_t data_offset;
    std::size_t size;
    std::optional<DecodeError> expected;
  };
  for (const Case& c : {
           Case{"nothing", 0x50, 0, DecodeError::truncated},
           Case{"shorter than a header", 0x50, 19, DecodeError::truncated},
           Case{"offset 0", 0x00, 20, DecodeError::bad_data_offset},
           Case{"offset 4", 0x40, 40, DecodeError::bad_data_offset},
           Case{"options past the end", 0x60, 20, DecodeError::bad_data_offset},
           Case{"options past the end by a byte", 0x60, 23, DecodeError::bad_data_offset},
           Case{"offset 15 past the end", 0xf0, 59, DecodeError::bad_data_offset},
           Case{"offset 15", 0xf0, 60, {}},
           Case{"header alone", 0x50, 20, {}},
           Case{"with payload", 0x50, 21, {}},
       }) {
    SCOPED_TRACE(c.name);
    std::vector<std::uint8_t> bytes(c.size);
    if (c.size > 12) bytes[12] = c.data_offset;
    const auto segment = parse_tcp(bytes);
    ASSERT_EQ(segment.has_value(), !c.expected);
    if (!segment) {
      EXPECT_EQ(segment.error(), *c.expected);
      continue;
    }
    EXPECT_EQ(tcp_size_bytes(*segment), c.size);
  }
}

TEST(EmitTcp, is_read_back_as_it_was) {
  Random random(51);
  const auto source = IpAddress::v4(192, 0, 2, 1), destination = IpAddress::v4(10, 0, 0, 5);
  for (int i = 0; i < 2000; ++i) {
    const auto options = random_bytes(random, 4 * random.below(11));
    const auto payload = random_bytes(random, random.below(200));
    const TcpSegment segment{
        .source_port = {static_cast<std::uint16_t>(random.next())},
        .destination_port = {static_cast<std::uint16_t>(random.next())},
        .sequence = {static_cast<std::uint32_t>(random.next())},
        .acknowledgment = {static_cast<std::uint32_t>(random.next())},
        .flags = static_cast<std::uint8_t>(random.next()),
        .reserved = static_cast<std::uint8_t>(random.below(16)),
        .window = static_cast<std::uint16_t>(random.next()),
        .urgent_pointer = static_cast<std::uint16_t>(random.next()),
        .options = options,
        .payload = payload,
    };
    std::vector<std::uint8_t> bytes(tcp_size_bytes(segment));
    emit_tcp(segment, source, destination, bytes);
    ASSERT_EQ(transport_checksum(source, destination, IpProtocol::tcp, bytes), 0);
    const auto again = parse_tcp(bytes);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->source_port, segment.source_port);
    EXPECT_EQ(again->destination_port, segment.destination_port);
    EXPECT_EQ(again->sequence, segment.sequence);
    EXPECT_EQ(again->acknowledgment, segment.acknowledgment);
    EXPECT_EQ(again->flags, segment.flags);
    EXPECT_EQ(again->reserved, segment.reserved);
    EXPECT_EQ(again->window, segment.window);
    EXPECT_EQ(again->urgent_pointer, segment.urgent_pointer);
    EXPECT_EQ(as_text(again->options), as_text(options));
    EXPECT_EQ(as_text(again->payload), as_text(payload));
  }
}

TEST(EmitTcp, leaves_a_payload_that_is_in_place_where_it_is) {
  std::vector<std::uint8_t> bytes(20 + 5);
  std::copy_n("hello", 5, bytes.begin() + 20);
  TcpSegment segment;
  segment.payload = Bytes(bytes).subspan(20);
  emit_tcp(segment, IpAddress::v4(1), IpAddress::v4(2), bytes);
  EXPECT_EQ(as_text(parse_tcp(bytes)->payload), "hello");
}

TEST(TcpSegment, takes_up_a_number_for_each_byte_and_for_syn_and_fin) {
  const auto payload = from_hex("010203");
  TcpSegment segment;
  EXPECT_EQ(segment.length(), 0u);
  segment.payload = payload;
  segment.flags = tcp_flag::ack | tcp_flag::psh;
  EXPECT_EQ(segment.length(), 3u);
  segment.flags = tcp_flag::syn | tcp_flag::fin;
  EXPECT_EQ(segment.length(), 5u);
}

}  // namespace
}  // namespace apiary
