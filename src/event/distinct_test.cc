#include "event/distinct.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/keyed_hash.h"

namespace apiary {
namespace {

std::uint64_t hash_of(std::uint32_t thing) {
  const std::array<std::uint8_t, 4> bytes = {
      static_cast<std::uint8_t>(thing), static_cast<std::uint8_t>(thing >> 8),
      static_cast<std::uint8_t>(thing >> 16), static_cast<std::uint8_t>(thing >> 24)};
  return keyed_hash({1, 2}, bytes);
}

TEST(DistinctCounter, IsExactAsFarAs1024AndNearAfterwards) {
  DistinctCounter counter;
  DistinctCounter::Places places{1};
  for (std::uint32_t thing = 0; thing < 300'000; ++thing) {
    for (int again = 0; again < 2; ++again) counter.add(hash_of(thing), places);
    const Distinct value = thing < 1'100 || thing % 1'000 == 0 ? counter.value() : Distinct{};
    if (value.number == 0) continue;
    const std::uint64_t true_number = thing + 1;
    if (true_number <= DistinctCounter::max_exact) {
      ASSERT_EQ(value, (Distinct{true_number}));
      continue;
    }
    ASSERT_EQ(value.how, Distinct::How::estimate);
    const double error = static_cast<double>(value.number) / static_cast<double>(true_number) - 1;
    ASSERT_LT(std::abs(error), 0.08) << true_number;
    ASSERT_GT(value.number, DistinctCounter::max_exact);
  }
}

TEST(DistinctCounter, WithoutAPlaceSaysAtLeast) {
  DistinctCounter::Places places{1};
  DistinctCounter first, second;
  for (std::uint32_t thing = 0; thing < 100; ++thing) {
    first.add(hash_of(thing), places);
    second.add(hash_of(thing), places);
  }
  EXPECT_EQ(first.value(), (Distinct{100}));
  EXPECT_EQ(second.value(),
            (Distinct{DistinctCounter::max_without_place, Distinct::How::at_least}));
  first.release(places);
  EXPECT_EQ(places.left, 1U);
  EXPECT_EQ(first.value(), Distinct{});
}

}  // namespace
}  // namespace apiary
