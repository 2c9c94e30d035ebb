#include "base/counted.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

TEST(Counted, nouns_agree_with_their_numbers) {
  EXPECT_EQ(counted(0, "host"), "0 hosts");
  EXPECT_EQ(counted(1, "host"), "1 host");
  EXPECT_EQ(counted(2, "host"), "2 hosts");
  EXPECT_EQ(counted(1, "address"), "1 address");
  EXPECT_EQ(counted(18446744073709551615U, "address"), "18446744073709551615 addresses");
  EXPECT_EQ(counted(3, "query"), "3 queries");
  EXPECT_EQ(counted(3, "day"), "3 days");
  EXPECT_EQ(counted(2, "more switch"), "2 more switches");
  EXPECT_EQ(counted(2, "box"), "2 boxes");
}

}  // namespace
}  // namespace apiary
