#include "config/keywords.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace apiary {
namespace {

// That parsers accept no other words, TokenReader::accept() asserts in every test of a statement.
TEST(LanguageWords, EachWordIsInOneListAndInOrder) {
  const LanguageWords words = language_words();
  std::vector<std::string_view> all;
  for (const auto* const list : {&words.statements, &words.actions, &words.others}) {
    EXPECT_TRUE(std::is_sorted(list->begin(), list->end()));
    all.insert(all.end(), list->begin(), list->end());
  }
  // `add` begins a statement, and also continues one: route R add net.
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::adjacent_find(all.begin(), all.end()), all.end());
  for (const std::string_view word : all) EXPECT_TRUE(is_language_word(word)) << word;
  for (const std::string_view word : words.statements) EXPECT_TRUE(is_statement_word(word)) << word;
  for (const std::string_view word : words.actions) EXPECT_TRUE(is_reserved_word(word)) << word;
  EXPECT_FALSE(is_language_word("netbsd"));
}

}  // namespace
}  // namespace apiary
