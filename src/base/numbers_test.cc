#include "base/numbers.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

TEST(SeqNumber, is_ordered_on_a_circle) {
  struct Case {
    const char* name;
    std::uint32_t a, b;
    bool before, after;
  };
  for (const Case& c : {
           Case{"the same", 5, 5, false, false},
           Case{"next", 5, 6, true, false},
           Case{"over the end", 0xffffffff, 0, true, false},
           Case{"far over the end", 0xfffffff0, 0x7fffffe0, true, false},
           Case{"back over the end", 3, 0xfffffffe, false, true},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(SeqNumber{c.a}.is_before({c.b}), c.before);
    EXPECT_EQ(SeqNumber{c.a}.is_after({c.b}), c.after);
  }
}

TEST(SeqNumber, knows_whether_it_is_in_a_window) {
  EXPECT_TRUE(SeqNumber{0}.is_in_window({0xfffffff0}, 17));
  EXPECT_FALSE(SeqNumber{0}.is_in_window({0xfffffff0}, 16));
  EXPECT_FALSE(SeqNumber{5}.is_in_window({5}, 0));
  EXPECT_FALSE(SeqNumber{4}.is_in_window({5}, 100));
  EXPECT_EQ((SeqNumber{0xffffffff} + 2).value, 1u);
  EXPECT_EQ((SeqNumber{1} - 2).value, 0xffffffffu);
  EXPECT_EQ(SeqNumber{1}.offset_from({0xffffffff}), 2);
}

}  // namespace
}  // namespace apiary
