#include "sink/live_feed.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <thread>

namespace apiary {
namespace {

using Json = nlohmann::json;
using std::chrono::milliseconds;

const Instant began{seconds{1'764'047'640}};
const IpAddress visitor = IpAddress::v4(192, 0, 2, 9);
const FlowKey telnet{{visitor, {4'000}}, {IpAddress::v4(10, 1, 0, 2), {23}}, IpProtocol::tcp};

class LiveFeedTest : public testing::Test {
 protected:
  EventId add(EventBody what) {
    const Event event{ids.next(now), now, std::move(what)};
    now += seconds{1};
    feed.add(std::array{&event});
    return event.id;
  }
  void add_contacts(int count) {
    for (int i = 0; i < count; ++i) add(events::Contact{.flow = telnet});
  }

  EventIds ids{1};
  Instant now = began;
  LiveFeed feed{EcsEncoder({"1", "hive"}), {1, 2}, began};
};

TEST_F(LiveFeedTest, GivesTheLatestFirstAndContinuesFromACursor) {
  add_contacts(5);
  const Json first = Json::parse(feed.latest_json({}, 3, ""));
  ASSERT_EQ(first["events"].size(), 3U);
  EXPECT_EQ(first["more"], true);
  EXPECT_GT(first["events"][0]["event"]["id"], first["events"][2]["event"]["id"]);
  const Json rest =
      Json::parse(feed.latest_json({}, 3, first["events"][2]["event"]["id"].get<std::string>()));
  EXPECT_EQ(rest["events"].size(), 2U);
  EXPECT_EQ(rest["more"], false);
}

TEST_F(LiveFeedTest, FollowsWhatPassesTheFilter) {
  EventFilter filter;
  filter.kinds = {EventKind::flow_start};
  LiveFeed::Cursor cursor = feed.end();
  add_contacts(3);
  add(events::FlowStart{telnet, "router"});
  auto piece = feed.follow(cursor, filter, 10, milliseconds(0));
  EXPECT_EQ(piece.events.size(), 1U);
  EXPECT_EQ(piece.lost, 0U);
  EXPECT_EQ(feed.follow(piece.next, filter, 10, milliseconds(0)).events.size(), 0U);
}

TEST_F(LiveFeedTest, WakesWaitingThreads) {
  std::size_t seen = 0;
  std::thread reader(
      [&] { seen = feed.follow(0, {}, 10, std::chrono::seconds(60)).events.size(); });
  add_contacts(1);
  reader.join();
  EXPECT_EQ(seen, 1U);
}

TEST_F(LiveFeedTest, AClosedOneKeepsNobodyWaiting) {
  feed.close();
  EXPECT_TRUE(feed.follow(0, {}, 10, std::chrono::hours(1)).events.empty());
}

TEST_F(LiveFeedTest, HoldsNoMoreThanItsCapacityAndSaysWhatWasLost) {
  LiveFeed small(EcsEncoder({"1", "hive"}), {1, 2}, began, 10'000);
  for (int i = 0; i < 1'000; ++i) {
    const Event event{ids.next(now), now, events::Contact{.flow = telnet}};
    small.add(std::array{&event});
  }
  const auto piece = small.follow(0, {}, 10'000, milliseconds(0));
  EXPECT_GT(piece.events.size(), 5U);
  EXPECT_EQ(piece.lost + piece.events.size(), 1'000U);
}

TEST_F(LiveFeedTest, PutsAConversationTogether) {
  const EventId id = add(events::FlowStart{telnet, "router"});
  add(events::Payload{.flow = telnet, .start = id, .bytes = "hello"});
  add(events::Payload{.flow = telnet, .start = id, .from_visitor = false, .bytes = "who?"});
  Json sessions = Json::parse(feed.sessions_json(10))["sessions"];
  ASSERT_EQ(sessions.size(), 1U);
  EXPECT_EQ(sessions[0]["end"], nullptr);
  EXPECT_EQ(sessions[0]["received_bytes"], 5);
  EXPECT_EQ(sessions[0]["sent_bytes"], 4);

  add(events::Credential{telnet, id, "telnet", "root", "secret"});
  add(events::FlowEnd{.flow = telnet, .start = id, .received_bytes = 50, .sent_bytes = 40});
  sessions = Json::parse(feed.sessions_json(10))["sessions"];
  EXPECT_EQ(sessions[0]["received_bytes"], 50) << "bytes that no event has count, too";
  EXPECT_EQ(sessions[0]["credentials"], 1);
  EXPECT_NEAR(sessions[0]["end"].get<double>() - sessions[0]["start"].get<double>(), 4, 0.001);

  const auto session = feed.session_json(sessions[0]["id"].get<std::string>());
  ASSERT_TRUE(session);
  EXPECT_EQ(Json::parse(*session)["events"].size(), 5U);
  EXPECT_FALSE(feed.session_json("01AAAAAAAAAAAAAAAAAAAAAAAA"));
}

TEST_F(LiveFeedTest, ListsWhoBeganAConversation) {
  Event event{ids.next(now), now, events::FlowStart{telnet, "router"}};
  event.is_outbound = true;
  feed.add(std::array<const Event*, 1>{&event});
  const Json session = Json::parse(feed.sessions_json(10))["sessions"][0];
  EXPECT_EQ(session["direction"], "outbound");
  EXPECT_EQ(session["source"], to_string(telnet.local.address));
  EXPECT_EQ(session["destination"], to_string(telnet.remote.address));
  EXPECT_EQ(session["destination_port"], telnet.remote.port.number);
  EXPECT_EQ(session["host"], to_string(telnet.local.address));
  add(events::FlowStart{telnet, "router"});
  const Json inbound = Json::parse(feed.sessions_json(10))["sessions"][0];
  EXPECT_EQ(inbound["direction"], "inbound");
  EXPECT_EQ(inbound["source"], to_string(telnet.remote.address));
  EXPECT_EQ(inbound["destination"], inbound["host"]);
  SessionFilter by_port;
  by_port.address = std::to_string(telnet.remote.port.number);
  EXPECT_EQ(Json::parse(feed.sessions_json(10, by_port))["sessions"].size(), 1U);
}

TEST_F(LiveFeedTest, ListsTheConversationsThatAreAskedFor) {
  FlowKey web = telnet;
  web.remote.address = IpAddress::v4(198, 51, 100, 7);
  web.local.port = {80};
  add(events::FlowStart{web, "server"});
  const EventId id = add(events::FlowStart{telnet, "router"});
  add(events::Credential{telnet, id, "telnet", "root", "secret"});
  const auto ports = [this](const SessionFilter& filter, std::size_t limit = 10) {
    std::vector<int> found;
    const Json list = Json::parse(feed.sessions_json(limit, filter));
    for (const Json& session : list["sessions"]) found.push_back(session["host_port"]);
    return found;
  };
  EXPECT_EQ(ports({}), (std::vector{23, 80}));
  EXPECT_EQ(ports({}, 1), std::vector{23});
  EXPECT_EQ(ports({.with_credentials = true}), std::vector{23});
  EXPECT_EQ(ports({.address = "100.7"}), std::vector{80});
  EXPECT_EQ(ports({.address = "100.7"}, 1), std::vector{80}) << "the limit is of those shown";
  EXPECT_EQ(ports({.address = "23"}), std::vector{23});
  SessionFilter filter;
  filter.flow.port = 80;
  EXPECT_EQ(ports(filter), std::vector{80});
}

TEST_F(LiveFeedTest, CountsAsOpenWhatItListsAsOpen) {
  LiveFeed small(EcsEncoder({"1", "hive"}), {1, 2}, began, 20'000);
  const auto note = [&](EventBody what) {
    const Event event{ids.next(now), now, std::move(what)};
    small.add(std::array{&event});
    return event.id;
  };
  const auto open = [&] { return Json::parse(small.activity_json(now))["open_flows"]; };
  const auto listed = [&] {
    const Json list = Json::parse(small.sessions_json(1'000))["sessions"];
    return std::ranges::count_if(list, [](const Json& each) { return each["end"] == nullptr; });
  };
  const EventId first = note(events::FlowStart{telnet, "router"});
  note(events::FlowStart{telnet, "router"});
  EXPECT_EQ(open(), 2);
  note(events::FlowEnd{.flow = telnet, .start = first});
  EXPECT_EQ(open(), 1);
  EXPECT_EQ(listed(), 1);
  for (int i = 0; i < 1'000; ++i) note(events::FlowStart{telnet, "router"});
  EXPECT_EQ(open(), listed()) << "what is forgotten is in neither";
  EXPECT_LT(listed(), 500);
}

TEST_F(LiveFeedTest, IsGivenNoPackets) {
  const LiveFeedSink sink(nullptr);
  EXPECT_FALSE(sink.wants().contains(EventKind::packet)) << "-l has a line for each";
}

TEST_F(LiveFeedTest, CountsEventsOfEachSource) {
  add_contacts(3);
  const EventId id = add(events::FlowStart{telnet, "router"});
  add(events::Credential{telnet, id, "telnet", "root", "<b>\x1b"});
  const Json activity = Json::parse(feed.activity_json(now));
  EXPECT_EQ(activity["events"], 5);
  ASSERT_EQ(activity["sources"].size(), 1U);
  EXPECT_EQ(activity["sources"][0]["address"], "192.0.2.9");
  EXPECT_EQ(activity["sources"][0]["contacts"], 3);
  EXPECT_EQ(activity["sources"][0]["hosts"], 1);
  EXPECT_EQ(activity["ports"][0]["port"], 23);
  EXPECT_EQ(activity["ports"][0]["count"], 4);
  EXPECT_EQ(activity["credentials"][0]["password"], "<b>\\x1b");
  EXPECT_EQ(activity["rates"]["events"], Json({1, 1, 1, 1, 1}));
  EXPECT_EQ(activity["rates"]["contacts"], Json({1, 1, 1, 0, 0}));

  const Json source = Json::parse(feed.source_json(visitor, 2));
  EXPECT_EQ(source["source"]["events"], 5);
  EXPECT_EQ(source["events"].size(), 2U) << "the last";
  EXPECT_EQ(Json::parse(feed.source_json(IpAddress::v4(192, 0, 2, 1), 2))["source"], nullptr);
}

TEST_F(LiveFeedTest, ListsTheLargestOfMany) {
  for (std::uint32_t i = 0; i < 500; ++i)
    for (std::uint32_t j = 0; j <= i % 100; ++j) {
      FlowKey flow = telnet;
      flow.remote.address = IpAddress::v4(0xc6330000 + i);
      add(events::Contact{.flow = flow});
    }
  const Json sources = Json::parse(feed.activity_json(now))["sources"];
  ASSERT_EQ(sources.size(), Activity::max_listed);
  EXPECT_EQ(sources[0]["events"], 100);
  EXPECT_GE(sources[48]["events"], sources[49]["events"]);
}

}  // namespace
}  // namespace apiary
