#include "base/big_endian.h"

#include <gtest/gtest.h>

#include <bit>

namespace apiary {
namespace {

TEST(BigEndian, puts_the_most_significant_byte_first) {
  using Bytes4 = std::array<std::uint8_t, 4>;
  EXPECT_EQ(std::bit_cast<Bytes4>(BigEndian<std::uint32_t>{0x01020304}), (Bytes4{1, 2, 3, 4}));
  using Bytes2 = std::array<std::uint8_t, 2>;
  EXPECT_EQ(std::bit_cast<Bytes2>(BigEndian<std::uint16_t>{std::uint16_t{0xfffe}}),
            (Bytes2{0xff, 0xfe}));
}

TEST(BigEndian, gives_back_what_it_was_given) {
  for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{0x80},
                                    std::uint64_t{0x8000000000000000}, ~std::uint64_t{0}})
    EXPECT_EQ(std::uint64_t{BigEndian<std::uint64_t>{value}}, value);
  EXPECT_EQ(std::uint16_t{BigEndian<std::uint16_t>{}}, 0);
}

}  // namespace
}  // namespace apiary
