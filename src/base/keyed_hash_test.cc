#include "base/keyed_hash.h"

#include <gtest/gtest.h>

#include <numeric>

namespace apiary {
namespace {

// The published vectors of SipHash-2-4: key 00 01 ... 0f, messages of the bytes 00 01 ... of each
// length. That of 15 bytes is worked out in the paper's appendix A.
TEST(KeyedHash, is_siphash_2_4) {
  const HashKey key{0x0706050403020100U, 0x0f0e0d0c0b0a0908U};
  std::array<std::uint8_t, 64> message{};
  std::iota(message.begin(), message.end(), std::uint8_t{0});
  struct Case {
    std::size_t length;
    std::uint64_t expected;
  };
  for (const Case& c :
       {Case{0, 0x726fdb47dd0e0e31U}, Case{1, 0x74f839c593dc67fdU}, Case{2, 0x0d6c8009d9a94f5aU},
        Case{3, 0x85676696d7fb7e2dU}, Case{7, 0xab0200f58b01d137U}, Case{8, 0x93f5f5799a932462U},
        Case{15, 0xa129ca6149be45e5U}}) {
    SCOPED_TRACE(c.length);
    EXPECT_EQ(keyed_hash(key, Bytes(message).first(c.length)), c.expected);
  }
}

TEST(KeyedHash, depends_on_every_part_of_key_and_message) {
  const std::uint64_t hash = keyed_hash({1, 2}, as_bytes("message"));
  EXPECT_NE(hash, keyed_hash({1, 3}, as_bytes("message")));
  EXPECT_NE(hash, keyed_hash({0, 2}, as_bytes("message")));
  EXPECT_NE(hash, keyed_hash({1, 2}, as_bytes("messagf")));
  EXPECT_NE(keyed_hash({1, 2}, as_bytes(std::string_view("\0", 1))), keyed_hash({1, 2}, {}));
}

}  // namespace
}  // namespace apiary
