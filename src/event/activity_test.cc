#include "event/activity.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace apiary {
namespace {

const Instant start{seconds{1'700'000'000}};

Event contact_of(const IpAddress& source, const IpAddress& host) {
  return {{}, start, events::Contact{.flow = {{source, {4'000}}, {host, {22}}, IpProtocol::tcp}}};
}

/// The member `source` of the activity: what is known of `address`.
nlohmann::json source_of(Activity& activity, const IpAddress& address) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  activity.append_source(json, address);
  json.end_object();
  return nlohmann::json::parse(text)["source"];
}

TEST(Activity, EvictsTheLongestSilentSource) {
  auto activity = std::make_unique<Activity>(HashKey{1, 2}, start);
  const auto source = [](std::uint32_t i) { return IpAddress::v4((198U << 24) + i); };
  const auto host = [](std::uint32_t i) { return IpAddress::v4((10U << 24) + i); };
  constexpr std::uint32_t more = 1'000, all = Activity::max_sources + more;
  for (std::uint32_t i = 0; i < all; ++i) {
    activity->note(contact_of(source(i), host(i)));
    if (i % 100 == 0) activity->note(contact_of(source(0), host(0)));  // is never quiet for long
  }
  EXPECT_TRUE(source_of(*activity, source(1)).is_null());
  EXPECT_TRUE(source_of(*activity, source(more - 1)).is_null());
  EXPECT_FALSE(source_of(*activity, source(all - 1)).is_null());
  EXPECT_FALSE(source_of(*activity, source(0)).is_null());
}

TEST(Activity, CountsDifferentHostsAndSaysHow) {
  auto activity = std::make_unique<Activity>(HashKey{1, 2}, start);
  const IpAddress source = IpAddress::v4(192, 0, 2, 9);
  const auto host = [](std::uint32_t i) { return IpAddress::v4((10U << 24) + i); };
  const auto counted = [&] {
    const auto json = source_of(*activity, source);
    return std::pair{json["hosts"].get<std::uint64_t>(), json["hosts_counted"].get<std::string>()};
  };
  const auto scan_of = [&](Instant began, std::uint64_t hosts) {
    return Event{{}, start, events::Scan{.source = source, .began = began, .hosts = {hosts}}};
  };
  for (std::uint32_t i = 0; i < 4 * 30; ++i) activity->note(contact_of(source, host(i % 30)));
  EXPECT_EQ(counted(), (std::pair{std::uint64_t{30}, std::string("exact")}));
  activity->note(scan_of(start, 48));
  activity->note(scan_of(start, 50));
  EXPECT_EQ(counted(), (std::pair{std::uint64_t{50}, std::string("exact")}));
  activity->note(scan_of(start + minutes{5}, 20));
  EXPECT_EQ(counted(), (std::pair{std::uint64_t{50}, std::string("at_least")}))
      << "two scans may have had other hosts";
}

TEST(Activity, KnowsTheLatestVisitorOfAHost) {
  auto activity = std::make_unique<Activity>(HashKey{1, 2}, start);
  const IpAddress host = IpAddress::v4(10, 0, 0, 1), other = IpAddress::v4(10, 0, 0, 2);
  const IpAddress first = IpAddress::v4(192, 0, 2, 1), second = IpAddress::v4(192, 0, 2, 2);
  activity->note(contact_of(first, host));
  activity->note(contact_of(first, other));
  Event later = contact_of(second, host);
  later.at += seconds{5};
  activity->note(later);
  Event late = contact_of(first, host);
  late.at += seconds{2};
  activity->note(late);
  const Activity::HostContacts* const contacts = activity->contacts_of(host);
  ASSERT_NE(contacts, nullptr);
  EXPECT_EQ(contacts->count, 3U);
  EXPECT_EQ(contacts->last, start + seconds{5});
  EXPECT_EQ(contacts->last_source, second);
  EXPECT_EQ(activity->contacts_of(IpAddress::v4(10, 0, 0, 3)), nullptr);
  EXPECT_EQ(activity->contacted_hosts(), (std::vector{host, other})) << "the latest first";
}

}  // namespace
}  // namespace apiary
