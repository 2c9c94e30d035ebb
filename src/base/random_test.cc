#include "base/random.h"

#include <gtest/gtest.h>

#include "base/time.h"

namespace apiary {
namespace {

TEST(Random, gives_the_same_stream_for_the_same_seed) {
  Random a(1), b(1), c(2);
  int differences = 0;
  for (int i = 0; i < 100; ++i) {
    const std::uint64_t value = a.next();
    EXPECT_EQ(value, b.next());
    if (value != c.next()) ++differences;
  }
  EXPECT_EQ(differences, 100);
}

TEST(Random, happens_as_often_as_it_should) {
  struct Case {
    const char* name;
    Probability probability;
    int least, most;
  };
  for (const Case& c :
       {Case{"never", {0}, 0, 0}, Case{"always", {1}, 100'000, 100'000},
        Case{"one in a hundred", percent(1), 850, 1150}, Case{"half", {0.5}, 49'000, 51'000}}) {
    SCOPED_TRACE(c.name);
    Random random(42);
    int count = 0;
    for (int i = 0; i < 100'000; ++i) count += random.happens(c.probability) ? 1 : 0;
    EXPECT_GE(count, c.least);
    EXPECT_LE(count, c.most);
  }
}

TEST(Random, stays_below_its_bound) {
  Random random(8);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_LT(random.below(7), 7u);
    const double fraction = random.fraction();
    EXPECT_TRUE(fraction >= 0 && fraction < 1);
  }
}

TEST(Units, combine_as_chance_and_time_do) {
  EXPECT_DOUBLE_EQ(either({0.5}, {0.5}).value, 0.75);
  EXPECT_DOUBLE_EQ(either({0}, {0.1}).value, 0.1);
  EXPECT_DOUBLE_EQ(either({1}, {0.1}).value, 1);
  EXPECT_EQ(from_seconds(0.02), milliseconds{20});
  EXPECT_EQ(from_seconds(-0.02), -milliseconds{20});
  EXPECT_DOUBLE_EQ(in_seconds(milliseconds{1500}), 1.5);
}

}  // namespace
}  // namespace apiary
