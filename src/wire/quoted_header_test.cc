#include "wire/quoted_header.h"

#include <gtest/gtest.h>

#include "wire/testing/test_bytes.h"

namespace apiary {
namespace {

// IP 192.0.2.1 > 10.0.0.5: four bytes of options, then eight of a UDP datagram
constexpr std::string_view quotation =
    "4600 0020 1042 0000 3f11 a1b2 c000 0201 0a00 0005 01010100 9c40 80e8 0008 0000";

TEST(QuotedHeader, is_read_as_it_was_sent) {
  const auto fields = read_quoted_header(from_hex(quotation));
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->total_length_bytes, 0x20);
  EXPECT_EQ(fields->identification, 0x1042);
  EXPECT_EQ(fields->ttl, 63);
  EXPECT_EQ(fields->checksum, 0xa1b2);
}

TEST(QuotedHeader, changes_nothing_but_its_fields) {
  auto bytes = from_hex(quotation);
  write_quoted_header({0x2000, 0x4210, 1, 0xffff}, bytes);
  EXPECT_EQ(bytes, from_hex("4600 2000 4210 0000 0111 ffff c000 0201 0a00 0005 01010100"
                            "9c40 80e8 0008 0000"));
}

TEST(QuotedHeader, ends_where_the_header_or_the_quotation_ends) {
  struct Case {
    const char* name;
    std::string first_byte;
    std::size_t quoted_bytes, expected_bytes;  // 0: nothing
  };
  for (const Case& c : {
           Case{"with options", "46", 32, 24},
           Case{"options cut off", "46", 22, 22},
           Case{"no options", "45", 32, 20},
           Case{"shorter than any header", "44", 32, 20},
           Case{"longer than what is quoted", "4f", 32, 32},
           Case{"header cut off", "46", 19, 0},
           Case{"IPv6", "66", 32, 0},
       }) {
    SCOPED_TRACE(c.name);
    auto bytes = from_hex(c.first_byte + std::string(quotation.substr(2)));
    bytes.resize(c.quoted_bytes);
    EXPECT_EQ(read_quoted_header(bytes).has_value(), c.expected_bytes != 0);
    if (c.expected_bytes != 0) EXPECT_EQ(quoted_header_bytes(bytes).size(), c.expected_bytes);
  }
}

}  // namespace
}  // namespace apiary
