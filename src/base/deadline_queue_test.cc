#include "base/deadline_queue.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "base/random.h"

namespace apiary {
namespace {

Instant at(int count) { return Instant{milliseconds{count}}; }

TEST(DeadlineQueue, is_never_due_when_empty) {
  const DeadlineQueue<int> queue;
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.next_due(), Instant::max());
}

TEST(DeadlineQueue, gives_the_earliest_first_and_ties_in_order_of_arrival) {
  DeadlineQueue<std::string> queue;
  queue.push(at(20), "b1");
  queue.push(at(30), "c1");
  queue.push(at(10), "a");
  queue.push(at(20), "b2");
  queue.push(at(20), "b3");
  std::string order;
  while (!queue.empty()) order += queue.pop() + " ";
  EXPECT_EQ(order, "a b1 b2 b3 c1 ");
}

TEST(DeadlineQueue, holds_items_that_can_only_be_moved) {
  DeadlineQueue<std::unique_ptr<int>> queue;
  queue.push(at(2), std::make_unique<int>(2));
  queue.push(at(1), std::make_unique<int>(1));
  EXPECT_EQ(queue.next_due(), at(1));
  EXPECT_EQ(*queue.pop(), 1);
  EXPECT_EQ(queue.next_due(), at(2));
  EXPECT_EQ(queue.size(), 1u);
}

TEST(DeadlineQueue, agrees_with_an_ordered_multimap) {
  Random random(3);
  DeadlineQueue<int> queue;
  std::multimap<Instant, int> model;  // equal keys keep their order of insertion
  for (int i = 0; i < 20'000; ++i) {
    if (model.empty() || random.below(5) < 3) {
      const Instant due = at(static_cast<int>(random.below(50)));
      queue.push(due, i);
      model.emplace(due, i);
    } else {
      ASSERT_EQ(queue.next_due(), model.begin()->first);
      ASSERT_EQ(queue.pop(), model.begin()->second);
      model.erase(model.begin());
    }
    ASSERT_EQ(queue.size(), model.size());
  }
}

}  // namespace
}  // namespace apiary
