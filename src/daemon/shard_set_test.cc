#include "daemon/shard_set.h"

#include <algorithm>
#include <iterator>
#include <thread>

#include "daemon/testing/test_shards.h"
#include "honeynet/honeynet.h"
#include "wire/ip.h"
#include "wire/udp.h"

namespace apiary {
namespace {

constexpr std::uint16_t echo_port = 7;

IpAddress address(std::string_view text) { return parse_ip_address(text).value(); }

AddressSet net(std::string_view prefix) {
  AddressSet set;
  set.add(*parse_ip_prefix(prefix));
  return set;
}

std::shared_ptr<const Honeynet> honeynet_of(std::string name) {
  HostTemplate host_template{
      .name = std::move(name),
      .personality = std::make_shared<const Personality>(generic_personality())};
  host_template.udp_ports = {{Port{echo_port}, std::make_shared<const ServiceSpec>(BuiltIn::echo)}};
  return std::make_shared<const Honeynet>(Honeynet::Parts{
      .default_template = std::make_shared<const HostTemplate>(std::move(host_template))});
}

std::vector<std::uint8_t> datagram_to(const IpAddress& host) {
  const IpAddress visitor = address("192.0.2.1");
  const UdpDatagram datagram{.source_port = {4'000}, .destination_port = {echo_port}};
  const IpDatagram header{.source = visitor,
                          .destination = host,
                          .protocol = static_cast<std::uint8_t>(IpProtocol::udp)};
  std::vector<std::uint8_t> bytes(ip_header_size_bytes(header) + udp_size_bytes(datagram));
  const auto payload = std::span(bytes).subspan(ip_header_size_bytes(header));
  emit_ip_header(header, payload.size(), bytes);
  emit_udp(datagram, visitor, host, payload);
  return bytes;
}

/// The hosts 10.0.0.`first`, ... each get a datagram.
void send_to_hosts(TestShards& shards, std::size_t shard, std::uint8_t first, std::uint8_t count) {
  for (std::uint8_t i = 0; i < count; ++i)
    shards.queue(shard).add(datagram_to(IpAddress::v4(10, 0, 0, first + i)));
  shards.turn(shard);
}

TEST(ShardSetTest, SumsWhatItsShardsHoldAndCounted) {
  TestShards shards(honeynet_of("linux"), net("10.0.0.0/24"), 2);
  send_to_hosts(shards, 0, 1, 2);
  send_to_hosts(shards, 1, 101, 3);

  const ShardSetStatus all = shards.set().status(shards.now());
  const ShardStatus& sum = all.sum;
  EXPECT_EQ(sum.engine.counters.received.all_packets(), 5U);
  EXPECT_EQ(sum.engine.udp_flows, 5U);
  EXPECT_EQ(sum.engine.remembered_hosts, 5U);
  EXPECT_EQ(all.sessions, 5U);
  ASSERT_EQ(all.shards.size(), 2U);
  EXPECT_EQ(all.shards[0].received_packets, 2U);
  EXPECT_EQ(all.shards[1].hosts, 3U);
  EXPECT_EQ(sum.turnaround.count(), 5U);
  EXPECT_EQ(to_string(sum.engine.claimed), "10.0.0.0/24") << "the same in all shards";
  const ShardStatus one = shards.shard(0).status(shards.now());
  const auto flows = std::ranges::find(sum.engine.tables, "udp_flows", &TableUse::name);
  ASSERT_NE(flows, sum.engine.tables.end());
  EXPECT_EQ(flows->entries, 5U);
  EXPECT_EQ(flows->most, Limits{}.udp_flows) << "each shard has its part";
  ASSERT_EQ(sum.engine.byte_limits.size(), one.engine.byte_limits.size());
  EXPECT_EQ(sum.engine.byte_limits[0].bytes, 2 * one.engine.byte_limits[0].bytes);
}

/// The turns of a second in which the queue has nothing, but is readable.
int turns_while_readable(TestShards& shards) {
  shards.queue(0).wake();
  int turns = 0;
  for (const Instant end = shards.now() + seconds{1}; shards.now() < end; ++turns)
    shards.shard(0).loop().turn(end);
  return turns;
}

TEST(ShardLoopTest, WaitsForAQueueAgainAfterALoad) {
  constexpr int by_timers = 50;  // of events
  TestShards shards(honeynet_of("linux"), net("10.0.0.0/24"));
  send_to_hosts(shards, 0, 1, 200);
  EXPECT_GT(turns_while_readable(shards), by_timers);
}

TEST(ShardSetTest, ListsTheConversationsOfAllShards) {
  TestShards shards(honeynet_of("linux"), net("10.0.0.0/24"), 2);
  send_to_hosts(shards, 0, 1, 2);
  send_to_hosts(shards, 1, 101, 3);

  EXPECT_EQ(shards.set().conversations(10).latest.size(), 5U);
  const ConversationList some = shards.set().conversations(3);
  EXPECT_EQ(some.latest.size(), 3U);
  EXPECT_EQ(some.total, 5U);
  EXPECT_EQ(shards.set().conversations(1).total, 5U) << "also of shards that the list lacks";
}

TEST(ShardSetTest, MergesConversationsByTheTimeOfTheirLastPacket) {
  TestShards shards(honeynet_of("linux"), net("10.0.0.0/24"), 2);
  for (std::uint8_t i = 1; i <= 4; ++i) {
    send_to_hosts(shards, i % 2, i, 1);
    std::this_thread::sleep_for(milliseconds{2});
  }
  const auto hosts = [&](std::size_t limit) {
    std::string text;
    for (const Conversation& one : shards.set().conversations(limit).latest)
      text += to_string(one.flow.local.address) + " ";
    return text;
  };
  EXPECT_EQ(hosts(9), "10.0.0.4 10.0.0.3 10.0.0.2 10.0.0.1 ");
  EXPECT_EQ(hosts(2), "10.0.0.4 10.0.0.3 ") << "of both shards";
}

TEST(ShardSetTest, GivesAwayWhatItsEnginesRelease) {
  TestShards shards(honeynet_of("linux"), net("10.0.0.0/24"), 2);
  std::vector<std::shared_ptr<const void>> released;
  shards.set().on_release([&](const std::vector<std::shared_ptr<const void>>& objects) {
    std::ranges::move(objects, std::back_inserter(released));
  });
  for (std::size_t i = 0; i < 2; ++i) {
    const auto object = std::make_shared<const int>(4);
    shards.shard(i).loop().act(
        [&](Engine&, Instant, Outbox& out) { out.released.push_back(object); });
    shards.set().turn(shards.now());
    EXPECT_EQ(object.use_count(), 2) << "the loop does not destroy it";
  }
  EXPECT_EQ(released.size(), 2U);
}

TEST(ShardSetTest, AReloadsOldTemplatesAreReleasedWhenTheirFlowsEnd) {
  auto before = honeynet_of("linux");
  TestShards shards(before, net("10.0.0.0/24"));
  std::size_t released = 0;
  shards.set().on_release(
      [&](std::vector<std::shared_ptr<const void>> objects) { released += objects.size(); });
  send_to_hosts(shards, 0, 1, 2);
  shards.set().adopt({honeynet_of("windows"), net("10.0.0.0/24")}, [](const auto&) {});
  shards.shard(0).loop().turn(shards.now());
  EXPECT_EQ(released, 0U) << "two conversations use it";
  shards.set().leave_to_machine(net("10.0.0.0/24"));
  shards.shard(0).loop().turn(shards.now());
  EXPECT_GE(released, 1U);
}

TEST(ShardSetTest, AdoptsAVersionInAllShardsAndReturnsTheOldOnes) {
  const auto before = honeynet_of("linux"), after = honeynet_of("windows");
  TestShards shards(before, net("10.0.0.0/24"), 2);
  int completed = 0;
  std::vector<HoneynetVersion> old;
  shards.set().adopt({after, net("10.0.1.0/24")}, [&](std::vector<HoneynetVersion> versions) {
    ++completed;
    old = std::move(versions);
  });
  EXPECT_EQ(completed, 1);
  ASSERT_EQ(old.size(), 2U);
  for (std::size_t i = 0; i < old.size(); ++i) {
    EXPECT_EQ(old[i].honeynet, before);
    EXPECT_EQ(to_string(old[i].claimed), "10.0.0.0/24");
    EXPECT_EQ(shards.shard(i).engine().honeynet(), after);
    EXPECT_EQ(to_string(shards.shard(i).engine().claimed()), "10.0.1.0/24");
  }
  const Endpoint visitor{address("192.0.2.1"), {4'000}};
  const FlowKey flow{.remote = visitor, .local = {address("10.0.1.5"), {80}}};
  EXPECT_EQ(shards.set().template_of(flow, shards.now()), "windows");
  const FlowKey elsewhere{.remote = visitor, .local = {address("10.0.0.5"), {80}}};
  EXPECT_EQ(shards.set().template_of(elsewhere, shards.now()), "");
}

TEST(ShardSetTest, LeavesAddressesToTheMachineInAllShards) {
  TestShards shards(honeynet_of("linux"), net("10.0.0.0/24"), 2);
  shards.set().leave_to_machine(net("10.0.0.0/25"));
  for (std::size_t i = 0; i < 2; ++i)
    EXPECT_EQ(to_string(shards.shard(i).engine().claimed()), "10.0.0.128/25");
}

}  // namespace
}  // namespace apiary
