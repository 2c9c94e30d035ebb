#include "base/size_text.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

TEST(ParseSize, takes_units_of_1024_and_refuses_overflow) {
  EXPECT_EQ(parse_size("0"), 0U);
  EXPECT_EQ(parse_size("500"), 500U);
  EXPECT_EQ(parse_size("500B"), 500U);
  EXPECT_EQ(parse_size("3k"), 3U << 10);
  EXPECT_EQ(parse_size("3KiB"), 3U << 10);
  EXPECT_EQ(parse_size("256MB"), 256U << 20);
  EXPECT_EQ(parse_size("2G"), std::uint64_t{2} << 30);
  EXPECT_EQ(parse_size("1T"), std::uint64_t{1} << 40);
  for (const char* const wrong :
       {"", "G", "-1", "1.5G", "1 G", "1GG", "8388608T", "99999999999999999999"})
    EXPECT_FALSE(parse_size(wrong)) << wrong;
}

TEST(SizeText, PrintsTheLargestUnitThatDividesIt) {
  struct Case {
    std::uint64_t bytes;
    const char* text;
  };
  for (const Case& c : {Case{0, "0"}, Case{1023, "1023"}, Case{1024, "1K"}, Case{1536, "1536"},
                        Case{128u << 20, "128M"}, Case{std::uint64_t{3} << 40, "3T"}})
    EXPECT_EQ(size_text(c.bytes), c.text);
}

}  // namespace
}  // namespace apiary
