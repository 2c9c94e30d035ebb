#include "config/nearest.h"

#include <gtest/gtest.h>

#include <array>

namespace apiary {
namespace {

TEST(EditDistance, CountsSlips) {
  struct Case {
    std::string_view a, b;
    std::size_t distance;
  };
  for (const Case& c :
       {Case{"", "", 0}, Case{"set", "set", 0}, Case{"SET", "set", 0}, Case{"sett", "set", 1},
        Case{"st", "set", 1}, Case{"sat", "set", 1}, Case{"ste", "set", 1}, Case{"", "ab", 2},
        Case{"crate", "create", 1}, Case{"kitten", "sitting", 3}}) {
    SCOPED_TRACE(c.a);
    EXPECT_EQ(edit_distance(c.a, c.b, 9), c.distance);
    EXPECT_EQ(edit_distance(c.b, c.a, 9), c.distance);
  }
  EXPECT_EQ(edit_distance("kitten", "sitting", 1), 2U);
  EXPECT_EQ(edit_distance("a", "abcdef", 2), 3U);
}

TEST(NearestWord, ToleratesAThirdOfTheWord) {
  constexpr auto words = std::to_array<std::string_view>({"create", "route", "set", "reset"});
  struct Case {
    std::string_view word, nearest;
  };
  for (const Case& c : {Case{"crate", "create"}, Case{"creaet", "create"}, Case{"rset", "set"},
                        Case{"resett", "reset"}, Case{"roote", "route"}, Case{"s", ""},
                        Case{"xyz", ""}, Case{"banana", ""}, Case{"", ""}}) {
    SCOPED_TRACE(c.word);
    EXPECT_EQ(nearest_word(c.word, words), c.nearest);
  }
}

}  // namespace
}  // namespace apiary
