#include "personality/payload_text.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

TEST(PayloadTextTest, ComputesTheCrcOfZip) { EXPECT_EQ(crc32(as_bytes("123456789")), 0xcbf43926U); }

TEST(PayloadTextTest, FindsKnownTexts) {
  EXPECT_EQ(text_with_crc32(0xbd1ab510), "No listener");
  EXPECT_EQ(text_with_crc32(0), "");
}

TEST(PayloadTextTest, ComputesFourBytesForOtherCrcs) {
  for (const std::uint32_t crc : {1U, 0x4fcbbe69U, 0x80000000U, 0xffffffffU}) {
    const std::string text = text_with_crc32(crc);
    EXPECT_EQ(text.size(), 4U);
    EXPECT_EQ(crc32(as_bytes(text)), crc);
  }
}

}  // namespace
}  // namespace apiary
