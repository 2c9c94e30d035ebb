#include "base/timing_wheel.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "base/random.h"

namespace apiary {
namespace {

Instant at(int count) { return Instant{milliseconds{count}}; }

TEST(TimingWheel, is_never_due_when_empty) {
  const TimingWheel<int> queue;
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.next_due(), Instant::max());
}

TEST(TimingWheel, gives_the_earliest_first_and_ties_in_order_of_arrival) {
  TimingWheel<std::string> queue;
  queue.push(at(20), "b1");
  queue.push(at(30), "c1");
  queue.push(at(10), "a");
  queue.push(at(20), "b2");
  queue.push(at(20), "b3");
  std::string order;
  while (!queue.empty()) order += queue.pop() + " ";
  EXPECT_EQ(order, "a b1 b2 b3 c1 ");
}

TEST(TimingWheel, holds_items_that_can_only_be_moved) {
  TimingWheel<std::unique_ptr<int>> queue;
  queue.push(at(2), std::make_unique<int>(2));
  queue.push(at(1), std::make_unique<int>(1));
  EXPECT_EQ(queue.next_due(), at(1));
  EXPECT_EQ(*queue.pop(), 1);
  EXPECT_EQ(queue.next_due(), at(2));
  EXPECT_EQ(queue.size(), 1u);
}

/// Items due anywhere within `reach` of the present, as time goes on.
void compare_with_multimap(std::uint64_t seed, Duration reach, Duration step, bool catches_up) {
  Random random(seed);
  TimingWheel<int> queue;
  std::multimap<Instant, int> model;  // equal keys keep their order of insertion
  Instant now{seconds{1'700'000'000}};
  const auto within = [&](Duration most) {
    return Duration{
        static_cast<Duration::rep>(random.below(static_cast<std::uint64_t>(most.count())))};
  };
  for (int i = 0; i < 5'000; ++i) {
    now += within(step);
    if (catches_up) queue.catch_up(now);
    while (!model.empty() && model.begin()->first <= now) {
      ASSERT_EQ(queue.next_due(), model.begin()->first);
      ASSERT_EQ(queue.pop(), model.begin()->second);
      model.erase(model.begin());
    }
    const Instant due = random.below(20) == 0 ? now - within(step) : now + within(reach);
    queue.push(due, i);
    model.emplace(due, i);
    ASSERT_EQ(queue.next_due(), model.begin()->first);
    ASSERT_EQ(queue.size(), model.size());
  }
}

TEST(TimingWheel, agrees_with_an_ordered_multimap_whatever_the_distances) {
  std::uint64_t seed = 3;
  for (const Duration reach :
       {Duration{50}, Duration{microseconds{100}}, Duration{milliseconds{20}},
        Duration{seconds{10}}, Duration{hours{100}}})
    for (const Duration step : {Duration{7}, Duration{microseconds{10}}, Duration{seconds{1}}})
      for (const bool catches_up : {false, true}) {
        SCOPED_TRACE(testing::Message() << reach.count() << " ns, " << step.count() << " ns");
        compare_with_multimap(++seed, reach, step, catches_up);
      }
}

TEST(TimingWheel, takes_any_time_there_is) {
  TimingWheel<int> queue;
  queue.push(Instant::max(), 3);
  queue.push(at(1), 2);
  queue.push(at(-5), 1);
  EXPECT_EQ(queue.next_due(), at(-5));
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_EQ(queue.pop(), 2);
  EXPECT_EQ(queue.pop(), 3);
}

}  // namespace
}  // namespace apiary
