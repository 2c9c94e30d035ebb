#include "wire/gre.h"

#include <gtest/gtest.h>

#include "wire/testing/test_bytes.h"

namespace apiary {
namespace {

TEST(ParseGre, reads_the_fields_that_are_there) {
  struct Case {
    const char* name;
    std::string_view bytes;
    GrePacket expected;  // but for the payload, which is aabb
  };
  for (const Case& c : {
           Case{"bare", "0000 0800 aabb", {}},
           Case{"a key", "2000 0800 00000007 aabb", {.key = 7}},
           Case{"a sequence number", "1000 0800 80000001 aabb", {.sequence = 0x80000001}},
           Case{"a checksum", "8000 0800 cd43 0000 aabb", {.has_checksum = true}},
           Case{"all of them",
                "b000 0800 9d3a 0000 00000007 00000002 aabb",
                {.has_checksum = true, .key = 7, .sequence = 2}},
           Case{"reserved bits, to be ignored", "03f8 0800 aabb", {}},
           Case{"another protocol", "0000 6558 aabb", {.protocol = 0x6558}},
       }) {
    SCOPED_TRACE(c.name);
    const auto bytes = from_hex(c.bytes);
    const auto packet = parse_gre(bytes);
    ASSERT_TRUE(packet) << to_string(packet.error());
    EXPECT_EQ(packet->protocol, c.expected.protocol);
    EXPECT_EQ(packet->has_checksum, c.expected.has_checksum);
    EXPECT_EQ(packet->key, c.expected.key);
    EXPECT_EQ(packet->sequence, c.expected.sequence);
    EXPECT_EQ(as_text(packet->payload), "\xaa\xbb");
  }
}

TEST(ParseGre, refuses_what_it_must_not_understand) {
  struct Case {
    const char* name;
    std::string_view bytes;
    DecodeError error;
  };
  for (const Case& c : {
           Case{"three bytes", "0000 08", DecodeError::truncated},
           Case{"no room for the key", "2000 0800 0000", DecodeError::truncated},
           Case{"routing of RFC 1701", "4000 0800 aabb", DecodeError::bad_gre},
           Case{"strict source route", "0800 0800 aabb", DecodeError::bad_gre},
           Case{"recursion", "0400 0800 aabb", DecodeError::bad_gre},
           Case{"version 1, of PPTP", "0001 880b aabb", DecodeError::bad_gre},
           Case{"a wrong checksum", "8000 0800 cd45 0000 aabb", DecodeError::bad_gre},
       }) {
    SCOPED_TRACE(c.name);
    const auto bytes = from_hex(c.bytes);
    const auto packet = parse_gre(bytes);
    ASSERT_FALSE(packet);
    EXPECT_EQ(packet.error(), c.error);
  }
}

TEST(EmitGre, is_read_back_as_it_was) {
  Random random(47);
  for (int i = 0; i < 500; ++i) {
    const auto payload = random_bytes(random, random.below(200));
    GrePacket packet{.has_checksum = random.below(2) == 0, .payload = payload};
    if (random.below(2) == 0) packet.key = static_cast<std::uint32_t>(random.next());
    if (random.below(2) == 0) packet.sequence = static_cast<std::uint32_t>(random.next());
    std::vector<std::uint8_t> bytes(gre_header_size_bytes(packet) + payload.size());
    emit_gre(packet, bytes);
    const auto again = parse_gre(bytes);
    ASSERT_TRUE(again) << to_string(again.error());
    EXPECT_EQ(again->has_checksum, packet.has_checksum);
    EXPECT_EQ(again->key, packet.key);
    EXPECT_EQ(again->sequence, packet.sequence);
    EXPECT_EQ(as_text(again->payload), as_text(payload));
  }
}

}  // namespace
}  // namespace apiary
