#include "base/lru_map.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <list>
#include <string>

#include "base/random.h"

namespace apiary {
namespace {

TEST(LruMap, evicts_the_entry_longest_untouched) {
  LruMap<int, std::string> map(3);
  map.insert(1, "one");
  map.insert(2, "two");
  map.insert(3, "three");
  ASSERT_NE(map.touch(1), nullptr);
  ASSERT_NE(map.find(2), nullptr) << "find leaves the age as it is";
  map.insert(4, "four");
  EXPECT_EQ(map.find(2), nullptr);
  EXPECT_EQ(*map.find(1), "one");
  EXPECT_EQ(*map.oldest().first, 3);
  EXPECT_EQ(*map.oldest().second, "three");
  EXPECT_EQ(map.size(), 3u);
}

TEST(LruMap, touches_a_slot_while_its_entry_is_there) {
  LruMap<int, std::string> map(2);
  map.insert(1, "one");
  const std::uint32_t slot = map.last_slot();
  map.insert(2, "two");
  ASSERT_NE(map.touch_at(slot, 1), nullptr);
  EXPECT_EQ(*map.touch_at(slot, 1), "one");
  EXPECT_EQ(*map.oldest().first, 2);
  EXPECT_EQ(map.touch_at(slot, 2), nullptr) << "another key's";
  EXPECT_EQ(map.touch_at(7, 1), nullptr) << "no such slot";
  map.erase(1);
  EXPECT_EQ(map.touch_at(slot, 1), nullptr) << "erased";
  map.insert(3, "three");
  EXPECT_EQ(map.touch_at(slot, 1), nullptr) << "used again";
}

TEST(LruMap, forgets_what_is_erased) {
  LruMap<int, std::string> map(2);
  EXPECT_EQ(map.oldest().first, nullptr);
  map.insert(1, "one");
  map.erase(2);
  map.erase(1);
  EXPECT_EQ(map.size(), 0u);
  EXPECT_EQ(map.touch(1), nullptr);
  EXPECT_EQ(map.oldest().first, nullptr);
  map.insert(1, "again");
  EXPECT_EQ(*map.find(1), "again");
}

TEST(LruMap, agrees_with_a_list_in_order_of_age) {
  Random random(13);
  constexpr std::size_t capacity = 20;
  LruMap<int, int> map(capacity);
  std::list<std::pair<int, int>> model;  // oldest first
  for (int i = 0; i < 50'000; ++i) {
    const int key = static_cast<int>(random.below(40));
    const auto known =
        std::find_if(model.begin(), model.end(), [&](const auto& e) { return e.first == key; });
    switch (random.below(3)) {
      case 0: {
        const int* const value = map.touch(key);
        ASSERT_EQ(value == nullptr, known == model.end());
        if (value == nullptr) break;
        ASSERT_EQ(*value, known->second);
        model.splice(model.end(), model, known);
        break;
      }
      case 1:
        if (known != model.end()) break;
        map.insert(key, i);
        if (model.size() == capacity) model.pop_front();
        model.emplace_back(key, i);
        break;
      default:
        if (random.below(3) != 0) break;
        map.erase(key);
        if (known != model.end()) model.erase(known);
    }
    ASSERT_EQ(map.size(), model.size());
    ASSERT_EQ(map.oldest().first == nullptr, model.empty());
    if (model.empty()) continue;
    ASSERT_EQ(*map.oldest().first, model.front().first);
  }
}

TEST(LruMap, ShowsTheLatestFirst) {
  LruMap<int, char> map(3);
  map.insert(1, 'a');
  map.insert(2, 'b');
  map.insert(3, 'c');
  map.touch(1);
  const auto latest = [&](std::size_t limit) {
    std::string shown;
    map.visit_latest(limit, [&](int key, char value) { shown += std::to_string(key) + value; });
    return shown;
  };
  EXPECT_EQ(latest(9), "1a3c2b");
  EXPECT_EQ(latest(2), "1a3c");
  EXPECT_EQ(latest(0), "");
}

}  // namespace
}  // namespace apiary
