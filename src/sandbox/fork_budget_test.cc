#include "sandbox/fork_budget.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

TEST(ForkBudget, RefusesAtTheBoundAndCountsOnlyThere) {
  std::size_t running = 1;
  int counts = 0;
  ForkBudget budget(4, [&] {
    ++counts;
    return running;
  });
  for (; running < 4; ++running) EXPECT_FALSE(budget.refuses_next()) << running;
  EXPECT_EQ(counts, 0) << "so few cannot reach it";
  EXPECT_TRUE(budget.refuses_next());
  EXPECT_TRUE(budget.refuses_next());
  EXPECT_EQ(counts, 2);
  running = 2;  // two have ended
  EXPECT_FALSE(budget.refuses_next());
  EXPECT_FALSE(budget.refuses_next());
  EXPECT_EQ(counts, 3);
  running = 4;
  EXPECT_TRUE(budget.refuses_next());
}

TEST(ForkBudget, OfOneProcessRefusesAll) {
  EXPECT_TRUE(ForkBudget(1, [] { return std::size_t{1}; }).refuses_next());
}

TEST(ForkBudget, WithoutABoundRefusesNone) {
  ForkBudget budget;
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(budget.refuses_next());
}

}  // namespace
}  // namespace apiary
