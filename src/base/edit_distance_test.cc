#include "base/edit_distance.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace apiary
