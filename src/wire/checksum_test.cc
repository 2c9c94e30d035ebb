#include "wire/checksum.h"

#include <gtest/gtest.h>

#include "wire/testing/test_bytes.h"

namespace apiary {
namespace {

/// RFC 1071 section 4.1, word by word.
std::uint16_t slow_checksum(Bytes bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    sum += static_cast<std::uint32_t>(bytes[i] << 8);
    if (i + 1 < bytes.size()) sum += bytes[i + 1];
    sum = (sum >> 16) + (sum & 0xffff);
  }
  return static_cast<std::uint16_t>(~sum);
}

TEST(InternetChecksum, is_right_for_known_bytes) {
  struct Case {
    const char* name;
    std::string_view bytes;
    std::uint16_t expected;
  };
  for (const Case& c : {
           Case{"nothing", "", 0xffff},
           Case{"zeros", "0000 0000", 0xffff},
           Case{"RFC 1071 section 3", "0001 f203 f4f5 f6f7", 0x220d},
           Case{"one byte", "01", 0xfeff},
           Case{"odd length", "0001 f203 f4f5 f6f7 80", 0xa20c},
           Case{"carry out of the top", "ffff 0001", 0xfffe},
           Case{"all ones", "ffff ffff ffff ffff ffff ffff ffff ffff ffff", 0x0000},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(internet_checksum(from_hex(c.bytes)), c.expected);
  }
}

TEST(InternetChecksum, agrees_with_the_slow_way) {
  Random random(21);
  for (int i = 0; i < 5000; ++i) {
    auto bytes = random_bytes(random, random.below(i % 50 == 0 ? 65536 : 100));
    if (i % 3 == 0)
      for (std::uint8_t& byte : bytes) byte |= 0xf0;  // many carries
    ASSERT_EQ(internet_checksum(bytes), slow_checksum(bytes)) << bytes.size() << " bytes";
  }
}

TEST(InternetChecksum, may_be_summed_in_even_pieces) {
  Random random(22);
  const auto bytes = random_bytes(random, 1001);
  for (std::size_t cut = 0; cut < bytes.size(); cut += 2) {
    const Bytes whole(bytes);
    EXPECT_EQ(InternetChecksum{}.add(whole.first(cut)).add(whole.subspan(cut)).finish(),
              slow_checksum(whole));
  }
}

TEST(InternetChecksum, is_zero_over_what_includes_it) {
  Random random(23);
  for (int i = 0; i < 100; ++i) {
    auto bytes = random_bytes(random, 20 + random.below(1000));
    bytes[10] = bytes[11] = 0;
    const std::uint16_t sum = internet_checksum(bytes);
    bytes[10] = static_cast<std::uint8_t>(sum >> 8);
    bytes[11] = static_cast<std::uint8_t>(sum);
    EXPECT_EQ(internet_checksum(bytes), 0);
  }
}

TEST(TransportChecksum, covers_the_addresses_but_for_icmp) {
  const auto a = IpAddress::v4(10, 0, 0, 1), b = IpAddress::v4(10, 0, 0, 2);
  const auto c = IpAddress::v4(10, 0, 0, 3);
  const auto payload = from_hex("0102 0304 05");
  // 10.0.0.1, 10.0.0.2, protocol, length, payload: summed by hand.
  EXPECT_EQ(transport_checksum(a, b, IpProtocol::udp, payload),
            slow_checksum(from_hex("0a000001 0a000002 0011 0005 0102 0304 05")));
  EXPECT_NE(transport_checksum(a, b, IpProtocol::tcp, payload),
            transport_checksum(a, c, IpProtocol::tcp, payload));
  EXPECT_EQ(transport_checksum(a, b, IpProtocol::icmp, payload), internet_checksum(payload));
}

}  // namespace
}  // namespace apiary
