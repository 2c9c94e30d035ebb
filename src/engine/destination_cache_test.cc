#include "engine/destination_cache.h"

#include <gtest/gtest.h>

#include "engine/visitor_cache.h"

namespace apiary {
namespace {

constexpr IpAddress host = IpAddress::v4(10, 0, 0, 5);

TEST(DestinationCache, finds_what_was_added_until_it_is_cleared) {
  DestinationCache cache;
  EXPECT_EQ(cache.find(host), nullptr);
  const Path path;
  cache.add(host, {.path = &path}).host_slot = 7;
  ASSERT_NE(cache.find(host), nullptr);
  EXPECT_EQ(cache.find(host)->path, &path);
  EXPECT_EQ(cache.find(host)->host_slot, 7U);
  EXPECT_EQ(cache.find(IpAddress::v4(10, 0, 0, 6)), nullptr);
  cache.clear();
  EXPECT_EQ(cache.find(host), nullptr);
}

TEST(DestinationCache, is_empty_of_addresses_that_look_like_its_empty_places) {
  DestinationCache cache;
  EXPECT_EQ(cache.find(IpAddress::v4(0)), nullptr);
  EXPECT_EQ(cache.find(IpAddress{}), nullptr);
}

TEST(DestinationCache, has_room_for_all_of_a_network_of_65536_addresses) {
  DestinationCache cache;
  for (std::uint32_t i = 0; i < 65'536; ++i)
    cache.add(IpAddress::v4((10U << 24) + i), {}).host_slot = i;
  for (std::uint32_t i = 0; i < 65'536; ++i) {
    const Destination* const found = cache.find(IpAddress::v4((10U << 24) + i));
    ASSERT_NE(found, nullptr) << i;
    ASSERT_EQ(found->host_slot, i);
  }
}

TEST(DestinationCache, of_two_addresses_with_one_place_keeps_the_later) {
  DestinationCache cache;
  cache.add(IpAddress::v4(10, 0, 0, 5), {});
  for (std::uint32_t i = 0; i < 65'536; ++i) cache.add(IpAddress::v4((11U << 24) + i), {});
  EXPECT_EQ(cache.find(IpAddress::v4(10, 0, 0, 5)), nullptr);
}

TEST(VisitorCache, has_a_source_on_the_interface_that_it_came_by) {
  VisitorCache cache;
  const IpAddress source = IpAddress::v4(192, 0, 2, 1);
  EXPECT_FALSE(cache.has(source, {0}));
  cache.add(source, {1});
  EXPECT_TRUE(cache.has(source, {1}));
  EXPECT_FALSE(cache.has(source, {0}));
  EXPECT_FALSE(cache.has(IpAddress::v4(192, 0, 2, 2), {1}));
  cache.clear();
  EXPECT_FALSE(cache.has(source, {1}));
}

TEST(VisitorCache, forgets_even_if_its_generations_wrap_around) {
  VisitorCache cache;
  const IpAddress source = IpAddress::v4(192, 0, 2, 1);
  cache.add(source, {0});
  for (int i = 0; i < 1 << 24; ++i) cache.clear();
  EXPECT_FALSE(cache.has(source, {0}));
  EXPECT_FALSE(cache.has(IpAddress::v4(0), {0}));
}

}  // namespace
}  // namespace apiary
