#include "wire/dhcp.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"
#include "wire/testing/test_bytes.h"

namespace apiary {
namespace {

/// A server's message with these options, and, in the field of the file, `in_file`.
std::vector<std::uint8_t> reply_with(std::string_view options, std::string_view in_file = "") {
  wire::DhcpHeader header{};
  header.operation = 2;
  header.hardware_type = 1;
  header.hardware_length = 6;
  header.transaction = 0x01020304;
  header.yours = 0x0a000005;
  header.client_mac = *parse_mac_address("00:11:22:33:44:55");
  header.cookie = 0x63825363;
  const auto more = from_hex(in_file);
  std::copy(more.begin(), more.end(), header.file.begin());
  std::vector<std::uint8_t> bytes(sizeof header);
  wire::write(header, bytes);
  const auto tail = from_hex(options);
  bytes.insert(bytes.end(), tail.begin(), tail.end());
  return bytes;
}

TEST(ParseDhcp, ReadsWhatAClientCaresFor) {
  const auto message = parse_dhcp(reply_with(
      "350105 3604c0000201 330400000e10 3a0400000708 3b04ffffffff 00 03040a000001 ff ff"));
  ASSERT_TRUE(message);
  EXPECT_TRUE(message->from_server);
  EXPECT_EQ(message->type, DhcpType::ack);
  EXPECT_EQ(message->transaction, 0x01020304U);
  EXPECT_EQ(message->yours, IpAddress::v4(10, 0, 0, 5));
  EXPECT_EQ(to_string(message->client_mac), "00:11:22:33:44:55");
  EXPECT_EQ(message->server, IpAddress::v4(192, 0, 2, 1));
  EXPECT_EQ(message->lease, Duration{hours{1}});
  EXPECT_EQ(message->renewal, Duration{minutes{30}});
  EXPECT_EQ(message->rebinding, Duration::max());
}

TEST(ParseDhcp, ReadsOptionsInOtherFields) {
  const auto message = parse_dhcp(reply_with("340101 ff", "350102 3604c0000201 ff"));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->type, DhcpType::offer);
  EXPECT_EQ(message->server, IpAddress::v4(192, 0, 2, 1));
}

TEST(ParseDhcp, RefusesImpossibleValues) {
  struct Case {
    const char* name;
    std::string_view options;
  };
  for (const Case& c :
       {Case{"no type", "3604c0000201 ff"}, Case{"no options", ""}, Case{"type 0", "350100 ff"},
        Case{"type 9", "350109 ff"}, Case{"a type of two bytes", "35020101 ff"},
        Case{"an option past the end", "350105 3609c0000201"},
        Case{"an option without its length", "350105 36"}}) {
    SCOPED_TRACE(c.name);
    const auto message = parse_dhcp(reply_with(c.options));
    ASSERT_FALSE(message);
    EXPECT_EQ(message.error(), DecodeError::bad_dhcp);
  }
  auto bytes = reply_with("350105 ff");
  EXPECT_EQ(parse_dhcp(Bytes(bytes).first(239)).error(), DecodeError::truncated);
  bytes[236] ^= 1;
  EXPECT_EQ(parse_dhcp(bytes).error(), DecodeError::bad_dhcp) << "BOOTP without options";
}

TEST(ParseDhcp, TakesAnyBytes) {
  Random random(1);
  for (int round = 0; round < 20'000; ++round) {
    auto bytes = reply_with("350105 3604c0000201 340103 ff");
    bytes.resize(bytes.size() + random.below(40));
    for (auto i = random.below(12); i > 0; --i)
      bytes[random.below(bytes.size())] = static_cast<std::uint8_t>(random.next());
    (void)parse_dhcp(Bytes(bytes).first(random.below(bytes.size() + 1)));
  }
}

}  // namespace
}  // namespace apiary
