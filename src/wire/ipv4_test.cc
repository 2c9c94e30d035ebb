#include "wire/ipv4.h"

#include <gtest/gtest.h>

#include "wire/checksum.h"
#include "wire/testing/test_bytes.h"

namespace apiary {
namespace {

// IP 192.0.2.1 > 10.0.0.5: ICMP echo request, id 1, seq 1, length 8 (ttl 63, id 7, DF)
constexpr std::string_view echo =
    "4500 001c 0007 4000 3f01 afd2 c000 0201 0a00 0005 0800 f7fd 0001 0001";

/// `hex` with the header checksum put right.
std::vector<std::uint8_t> with_checksum(std::string_view hex) {
  auto bytes = from_hex(hex);
  const std::size_t header_size = std::min<std::size_t>(bytes.size(), 4U * (bytes[0] & 0xf));
  bytes[10] = bytes[11] = 0;
  const std::uint16_t sum = internet_checksum(Bytes(bytes).first(header_size));
  bytes[10] = static_cast<std::uint8_t>(sum >> 8);
  bytes[11] = static_cast<std::uint8_t>(sum);
  return bytes;
}

TEST(ParseIpv4, reads_every_field) {
  const auto bytes = with_checksum(echo);
  const auto datagram = parse_ipv4(bytes);
  ASSERT_TRUE(datagram);
  EXPECT_EQ(to_string(datagram->source), "192.0.2.1");
  EXPECT_EQ(to_string(datagram->destination), "10.0.0.5");
  EXPECT_TRUE(datagram->is(IpProtocol::icmp));
  EXPECT_EQ(datagram->hop_limit, 63);
  EXPECT_EQ(datagram->identification, 7);
  EXPECT_TRUE(datagram->dont_fragment);
  EXPECT_FALSE(datagram->more_fragments || datagram->reserved_flag || datagram->is_fragment());
  EXPECT_TRUE(datagram->options.empty());
  EXPECT_EQ(datagram->payload.size(), 8u);
  EXPECT_EQ(datagram->whole.size(), 28u);
}

TEST(ParseIpv4, ignores_padding_behind_the_datagram) {
  auto bytes = with_checksum(echo);
  bytes.resize(46, 0xee);
  const auto datagram = parse_ipv4(bytes);
  ASSERT_TRUE(datagram);
  EXPECT_EQ(datagram->payload.size(), 8u);
  EXPECT_EQ(datagram->whole.size(), 28u);
}

TEST(ParseIpv4, refuses_what_makes_no_sense) {
  struct Case {
    const char* name;
    std::vector<std::uint8_t> bytes;
    DecodeError expected;
  };
  const auto broken_checksum = [] {
    auto bytes = with_checksum(echo);
    bytes[8] ^= 1;
    return bytes;
  };
  for (const Case& c : {
           Case{"nothing", {}, DecodeError::truncated},
           Case{"shorter than a header", std::vector<std::uint8_t>(19, 0x45),
                DecodeError::truncated},
           Case{"version 6", with_checksum("6500 0014 0000 0000 4001 0000 c000 0201 0a00 0005"),
                DecodeError::bad_ip_version},
           Case{"header of 16 bytes",
                with_checksum("4400 0014 0000 0000 4001 0000 c000 0201 0a00 0005"),
                DecodeError::bad_header_length},
           Case{"header past the total length",
                with_checksum("4600 0014 0000 0000 4001 0000 c000 0201 0a00 0005 0000 0000"),
                DecodeError::bad_total_length},
           Case{"total length below the header",
                with_checksum("4500 0013 0000 0000 4001 0000 c000 0201 0a00 0005"),
                DecodeError::bad_total_length},
           Case{"total length zero",
                with_checksum("4500 0000 0000 0000 4001 0000 c000 0201 0a00 0005"),
                DecodeError::bad_total_length},
           Case{"total length past the frame",
                with_checksum("4500 0015 0000 0000 4001 0000 c000 0201 0a00 0005"),
                DecodeError::truncated},
           Case{"bad checksum", broken_checksum(), DecodeError::bad_ip_checksum},
           Case{"fragment not of whole 8 bytes",
                with_checksum("4500 0018 0000 2000 4001 0000 c000 0201 0a00 0005 01020304"),
                DecodeError::bad_fragment},
           Case{"empty fragment with more behind",
                with_checksum("4500 0014 0000 2000 4001 0000 c000 0201 0a00 0005"),
                DecodeError::bad_fragment},
           Case{"ends past 65535 bytes",
                with_checksum("4500 001c 0000 1fff 4001 0000 c000 0201 0a00 0005 0102030405060708"),
                DecodeError::bad_fragment},
       }) {
    SCOPED_TRACE(c.name);
    const auto datagram = parse_ipv4(c.bytes);
    ASSERT_FALSE(datagram);
    EXPECT_EQ(datagram.error(), c.expected) << to_string(datagram.error());
  }
}

TEST(ParseIpv4, takes_a_last_fragment_of_any_length) {
  const auto bytes = with_checksum("4500 0017 0000 0002 4001 0000 c000 0201 0a00 0005 010203");
  const auto datagram = parse_ipv4(bytes);
  ASSERT_TRUE(datagram);
  EXPECT_TRUE(datagram->is_fragment());
  EXPECT_EQ(datagram->fragment_offset_bytes, 16);
  EXPECT_EQ(datagram->payload.size(), 3u);
}

TEST(EmitIpv4, is_read_back_as_it_was) {
  Random random(31);
  for (int i = 0; i < 2000; ++i) {
    const auto options = random_bytes(random, 4 * random.below(11));
    const auto payload = random_bytes(random, 8 * random.below(20));
    const bool is_fragment = !payload.empty() && random.below(4) == 0;
    const IpDatagram datagram{
        .source = IpAddress::v4(static_cast<std::uint32_t>(random.next())),
        .destination = IpAddress::v4(static_cast<std::uint32_t>(random.next())),
        .protocol = static_cast<std::uint8_t>(random.next()),
        .hop_limit = static_cast<std::uint8_t>(random.next()),
        .traffic_class = static_cast<std::uint8_t>(random.next()),
        .identification = static_cast<std::uint16_t>(random.next()),
        .dont_fragment = random.below(2) == 0,
        .more_fragments = is_fragment && random.below(2) == 0,
        .reserved_flag = random.below(2) == 0,
        .fragment_offset_bytes =
            static_cast<std::uint16_t>(is_fragment ? 8 * random.below(8000) : 0),
        .options = options,
        .payload = payload,
        .whole = {},
    };
    std::vector<std::uint8_t> bytes(ip_header_size_bytes(datagram) + payload.size());
    std::copy(payload.begin(), payload.end(),
              bytes.end() - static_cast<std::ptrdiff_t>(payload.size()));
    emit_ipv4_header(datagram, payload.size(), bytes);

    const auto again = parse_ipv4(bytes);
    ASSERT_TRUE(again) << to_string(again.error());
    EXPECT_EQ(again->source, datagram.source);
    EXPECT_EQ(again->destination, datagram.destination);
    EXPECT_EQ(again->protocol, datagram.protocol);
    EXPECT_EQ(again->hop_limit, datagram.hop_limit);
    EXPECT_EQ(again->traffic_class, datagram.traffic_class);
    EXPECT_EQ(again->identification, datagram.identification);
    EXPECT_EQ(again->dont_fragment, datagram.dont_fragment);
    EXPECT_EQ(again->more_fragments, datagram.more_fragments);
    EXPECT_EQ(again->reserved_flag, datagram.reserved_flag);
    EXPECT_EQ(again->fragment_offset_bytes, datagram.fragment_offset_bytes);
    EXPECT_EQ(as_text(again->options), as_text(options));
    EXPECT_EQ(as_text(again->payload), as_text(payload));
  }
}

}  // namespace
}  // namespace apiary
