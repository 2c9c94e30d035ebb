#include "event/visitors.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace apiary {
namespace {

using Json = nlohmann::json;

const Instant hour{seconds{1'700'000'040}};  // a whole minute
const IpAddress visitor = IpAddress::v4(192, 0, 2, 9);

Event contact_at(Instant at, const IpAddress& source, const IpAddress& host) {
  return {{}, at, events::Contact{.flow = {{source, {4'000}}, {host, {22}}, IpProtocol::tcp}}};
}

Json json_of(const Visitors& visitors, Instant now) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  visitors.append_to(json, now);
  json.end_object();
  return Json::parse(text);
}

TEST(Visitors, AreCountedByTheMinuteForAnHour) {
  Visitors visitors({1, 2});
  const IpAddress host = IpAddress::v4(10, 0, 0, 1);
  for (const int minute : {0, 0, 5, 59})
    visitors.note(contact_at(hour + seconds{minute * 60}, visitor, host));
  visitors.note(contact_at(hour + seconds{10 * 60}, visitor, host));  // late
  const Json now = json_of(visitors, hour + seconds{59 * 60 + 30});
  EXPECT_EQ(now["until"], 1'700'000'040 + 3'600);
  ASSERT_EQ(now["visitors"].size(), 1U);
  const Json& first = now["visitors"][0];
  EXPECT_EQ(first["events"], 5);
  ASSERT_EQ(first["counts"].size(), 60U);
  EXPECT_EQ(first["counts"][0], 2);
  EXPECT_EQ(first["counts"][5], 1);
  EXPECT_EQ(first["counts"][10], 1);
  EXPECT_EQ(first["counts"][59], 1);
  EXPECT_EQ(json_of(visitors, hour + seconds{65 * 60})["visitors"][0]["events"], 2) << "of an hour";
  EXPECT_EQ(json_of(visitors, hour + seconds{125 * 60})["visitors"].size(), 0U) << "an hour later";
}

TEST(Visitors, NamesTheHostsSpokenToLast) {
  Visitors visitors({1, 2});
  for (std::uint32_t i = 0; i < 20; ++i)
    visitors.note(contact_at(hour + seconds{i}, visitor,
                             IpAddress::v4(10, 0, 0, static_cast<std::uint8_t>(i))));
  visitors.note(contact_at(hour + seconds{30}, visitor, IpAddress::v4(10, 0, 0, 17)));
  const Json hosts = json_of(visitors, hour)["visitors"][0]["hosts"];
  ASSERT_EQ(hosts.size(), Visitors::hosts_remembered);
  EXPECT_EQ(hosts[0]["address"], "10.0.0.17");
  EXPECT_EQ(hosts[1]["address"], "10.0.0.19");
  EXPECT_EQ(hosts[2]["address"], "10.0.0.18");
  EXPECT_EQ(hosts[3]["address"], "10.0.0.16");
  EXPECT_EQ(hosts[0]["first"], 1'700'000'057);
  EXPECT_EQ(hosts[0]["last"], 1'700'000'070);
}

TEST(Visitors, AreListedByWhatTheyDidAndCountedBeyond) {
  Visitors visitors({1, 2});
  const IpAddress host = IpAddress::v4(10, 0, 0, 1);
  for (std::uint32_t i = 0; i < Visitors::max_visitors + 50; ++i)
    for (std::uint32_t j = 0; j <= i % 3; ++j)
      visitors.note(contact_at(hour, IpAddress::v4((198U << 24) + i), host));
  const Json now = json_of(visitors, hour);
  EXPECT_EQ(now["visitors"].size(), Visitors::max_listed);
  EXPECT_EQ(now["visitors"][0]["events"], 3);
  EXPECT_EQ(now["others"], Visitors::max_visitors - Visitors::max_listed);
}

}  // namespace
}  // namespace apiary
