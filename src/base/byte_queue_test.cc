#include "base/byte_queue.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "base/random.h"

namespace apiary {
namespace {

std::string content(const ByteQueue& queue, std::size_t offset, std::size_t count) {
  std::vector<std::uint8_t> bytes(count);
  queue.copy_to(offset, bytes);
  return std::string(as_text(bytes));
}

TEST(ByteQueue, keeps_bytes_in_their_order) {
  ByteQueue queue;
  queue.append(as_bytes("hello "));
  queue.append({});
  queue.append(as_bytes("world"));
  EXPECT_EQ(content(queue, 0, 11), "hello world");
  EXPECT_EQ(content(queue, 4, 3), "o w");
  queue.drop(6);
  EXPECT_EQ(content(queue, 0, 5), "world");
  queue.drop(5);
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(content(queue, 0, 0), "");
}

TEST(ByteQueue, copies_only_what_does_not_lie_together) {
  ByteQueue queue;
  queue.append(as_bytes(std::string(1'000, 'a')));
  queue.drop(990);
  queue.append(as_bytes(std::string(20, 'b')));
  queue.append(as_bytes(std::string(20, 'c')));
  std::array<std::uint8_t, 50> scratch{};
  EXPECT_NE(queue.read(0, 30, scratch).data(), scratch.data());
  EXPECT_EQ(queue.read(0, 50, scratch).data(), scratch.data());
  EXPECT_EQ(as_text(scratch), std::string(10, 'a') + std::string(20, 'b') + std::string(20, 'c'));
}

TEST(ByteQueue, agrees_with_a_string_whatever_wraps_or_grows) {
  Random random(5);
  ByteQueue queue;
  std::string model;
  char next = 0;
  for (int i = 0; i < 20'000; ++i) {
    if (random.below(2) == 0 || model.size() > 6000) {
      const std::size_t count = random.below(model.size() + 1);
      queue.drop(count);
      model.erase(0, count);
    } else {
      std::string piece(random.below(random.below(10) == 0 ? 3000 : 200), ' ');
      for (char& byte : piece) byte = next++;
      queue.append(as_bytes(piece));
      model += piece;
    }
    ASSERT_EQ(queue.size(), model.size());
    const std::size_t offset = random.below(model.size() + 1);
    const std::size_t count = random.below(model.size() - offset + 1);
    ASSERT_EQ(content(queue, offset, count), model.substr(offset, count));
    std::vector<std::uint8_t> scratch(count);
    ASSERT_EQ(as_text(queue.read(offset, count, scratch)), model.substr(offset, count));
  }
}

}  // namespace
}  // namespace apiary
