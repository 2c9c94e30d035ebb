#include "config/nearest.h"

#include <gtest/gtest.h>

#include <array>

namespace apiary {
namespace {

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
