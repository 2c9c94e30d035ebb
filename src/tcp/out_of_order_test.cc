#include "tcp/out_of_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/random.h"

namespace apiary {
namespace {

std::string text_of(const std::optional<std::vector<std::uint8_t>>& bytes) {
  return bytes ? std::string(bytes->begin(), bytes->end()) : "(nothing)";
}

TEST(OutOfOrder, GivesBackPiecesOnceTheGapIsClosed) {
  OutOfOrder store;
  store.store({110}, as_bytes("later"));
  EXPECT_EQ(text_of(store.take({100})), "(nothing)");
  EXPECT_EQ(text_of(store.take({110})), "later");
  EXPECT_TRUE(store.empty());
  EXPECT_EQ(store.cost_bytes(), 0U);
}

TEST(OutOfOrder, KnowsWhatItHolds) {
  struct Case {
    const char* name;
    std::uint32_t start;
    std::size_t size;
    bool holds;
  };
  OutOfOrder store;
  store.store({110}, as_bytes("abcd"));
  store.store({114}, as_bytes("efgh"));
  store.store({130}, as_bytes("ijkl"));
  for (const Case& c : {Case{"a piece", 110, 4, true}, Case{"a part", 111, 2, true},
                        Case{"two pieces", 110, 8, true}, Case{"before", 109, 2, false},
                        Case{"beyond", 117, 2, false}, Case{"over a gap", 110, 24, false},
                        Case{"in a gap", 120, 2, false}}) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(store.holds({c.start}, c.size), c.holds);
  }
}

TEST(OutOfOrder, KeepsWhatCameFirst) {
  struct Case {
    const char* name;
    std::uint32_t start;
    const char* bytes;
    const char* expected;  // of what follows 100, after "FIRST" came at 105
  };
  for (const Case& c :
       {Case{"the same again", 105, "other", "FIRST"}, Case{"inside", 106, "xx", "FIRST"},
        Case{"over the front", 103, "abcde", "abFIRST"},
        Case{"over the back", 108, "abcde", "FIRSTcde"},
        Case{"all around", 103, "abcdefghij", "abFIRSThij"}}) {
    SCOPED_TRACE(c.name);
    OutOfOrder store;
    store.store({105}, as_bytes("FIRST"));
    store.store({c.start}, as_bytes(c.bytes));
    std::string result;
    SeqNumber next{std::min(c.start, 105U)};
    while (auto piece = store.take(next)) {
      result += text_of(piece);
      next = next + static_cast<std::uint32_t>(piece->size());
    }
    EXPECT_EQ(result, c.expected);
    EXPECT_EQ(store.cost_bytes(), 0U);
  }
}

TEST(OutOfOrder, ListsTheMostRecentFirst) {
  OutOfOrder store;
  store.store({200}, as_bytes("aaaa"));
  store.store({300}, as_bytes("bbbb"));
  store.store({204}, as_bytes("cc"));  // next to the first: one block
  std::array<SackBlock, 4> blocks;
  ASSERT_EQ(store.sack_blocks(blocks), 2U);
  EXPECT_EQ(blocks[0], (SackBlock{{200}, {206}}));
  EXPECT_EQ(blocks[1], (SackBlock{{300}, {304}}));
}

TEST(OutOfOrder, ListsTheBlocksThatCameLastInThatOrder) {  // RFC 2018 section 4
  OutOfOrder store;
  for (const std::uint32_t start : {500U, 100U, 300U, 900U, 700U, 300U, 1100U})
    store.store({start}, as_bytes("aaaa"));
  std::array<SackBlock, 6> blocks;
  ASSERT_EQ(store.sack_blocks(blocks), 6U);
  std::vector<std::uint32_t> starts;
  for (const SackBlock& block : blocks) starts.push_back(block.start.value);
  EXPECT_EQ(starts, (std::vector<std::uint32_t>{1100, 300, 700, 900, 100, 500}));
  EXPECT_TRUE(store.take({100}));
  EXPECT_EQ(store.sack_blocks(std::span(blocks).first(4)), 4U);
  EXPECT_EQ(blocks[3], (SackBlock{{900}, {904}}));
  store.store({104}, as_bytes("bb"));
  store.store({908}, as_bytes("cc"));
  store.store({904}, as_bytes("dddd"));  // closes a gap: one block, listed once
  ASSERT_EQ(store.sack_blocks(std::span(blocks).first(4)), 4U);
  EXPECT_EQ(blocks[0], (SackBlock{{900}, {910}}));
  EXPECT_EQ(blocks[1], (SackBlock{{104}, {106}}));
  EXPECT_EQ(blocks[2], (SackBlock{{1100}, {1104}}));
  EXPECT_EQ(blocks[3], (SackBlock{{300}, {304}}));
}

TEST(OutOfOrder, PutsAnyShuffleTogetherAcrossTheWrap) {
  Random random{42};
  for (int round = 0; round < 200; ++round) {
    std::string message;
    for (int i = 0; i < 300; ++i) message += static_cast<char>('a' + random.below(26));
    const SeqNumber start{0xffffff80};  // wraps in the middle
    OutOfOrder store;
    for (int i = 0; i < 200; ++i) {
      const auto at = static_cast<std::uint32_t>(random.below(message.size()));
      const auto length = 1 + random.below(std::min<std::size_t>(40, message.size() - at));
      store.store(start + at, as_bytes(std::string_view(message).substr(at, length)));
    }
    for (std::uint32_t at = 0; at < message.size(); at += 10)  // what the shuffle left out
      store.store(start + at, as_bytes(std::string_view(message).substr(at, 10)));
    std::string result;
    while (auto piece = store.take(start + static_cast<std::uint32_t>(result.size())))
      result += text_of(piece);
    EXPECT_EQ(result, message);
    EXPECT_EQ(store.cost_bytes(), 0U);
  }
}

TEST(OutOfOrder, RefusesMorePiecesThanItsLimit) {
  OutOfOrder store;
  store.store({2}, as_bytes("x"));
  const std::size_t each = store.cost_bytes();
  for (std::uint32_t i = 2; i <= 5'000; ++i) store.store({2 * i}, as_bytes("x"));
  EXPECT_EQ(store.cost_bytes(), 512U * each);
}

}  // namespace
}  // namespace apiary
