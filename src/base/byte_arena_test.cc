#include "base/byte_arena.h"

#include <gtest/gtest.h>

#include <string>

#include "base/random.h"

namespace apiary {
namespace {

TEST(ByteArena, gives_copies_that_stay_until_clear) {
  Random random(9);
  ByteArena arena;
  for (int round = 0; round < 20; ++round) {
    std::vector<std::pair<std::string, Bytes>> copies;
    for (int i = 0; i < 60; ++i) {
      const std::size_t size = random.below(i % 10 == 0 ? 200'000 : 5'000);
      std::string text(size, static_cast<char>('a' + i % 26));
      copies.emplace_back(text, arena.copy(as_bytes(text)));
    }
    for (const auto& [text, copy] : copies) ASSERT_EQ(as_text(copy), text);
    arena.clear();
  }
}

TEST(ByteArena, uses_the_same_memory_again_after_clear) {
  ByteArena arena;
  const Bytes first = arena.copy(as_bytes("first"));
  arena.clear();
  const Bytes second = arena.copy(as_bytes("second"));
  EXPECT_EQ(first.data(), second.data());
  EXPECT_TRUE(arena.copy({}).empty());
}

}  // namespace
}  // namespace apiary
