#include "topology/topology.h"

#include <gtest/gtest.h>

#include "topology/emulated_network.h"
#include "topology/testing/large_topology.h"

namespace apiary {
namespace {

IpAddress ip(std::string_view text) { return parse_ip_address(text).value(); }
IpPrefix net(std::string_view text) { return parse_ip_prefix(text).value(); }

//   outside ── 10.0.0.1 ──55ms── 10.1.0.1 ── 10.1.0.0/24
//                 └──────20ms── 10.2.0.1 ── 10.2.0.0/24
//                                  └─10ms─ 10.3.0.1 ── 10.3.0.0/24
TopologySpec figure6() {
  return {.entries = {{ip("10.0.0.1"), net("10.0.0.0/8")}},
          .direct = {{ip("10.0.0.1"), net("10.0.0.0/24")},
                     {ip("10.1.0.1"), net("10.1.0.0/24")},
                     {ip("10.2.0.1"), net("10.2.0.0/24")},
                     {ip("10.3.0.1"), net("10.3.0.0/24")}},
          .next_hops = {
              {ip("10.0.0.1"), net("10.1.0.0/16"), ip("10.1.0.1"), {milliseconds{55}, percent(50)}},
              {ip("10.0.0.1"), net("10.2.0.0/15"), ip("10.2.0.1"), {milliseconds{20}, percent(50)}},
              {ip("10.2.0.1"), net("10.3.0.0/16"), ip("10.3.0.1"), {milliseconds{10}, {}}}}};
}

TEST(Topology, LeadsEveryAddressThroughItsRouters) {
  const Topology topology = Topology::build(figure6()).value();
  struct Case {
    const char* name;
    const char* destination;
    std::vector<const char*> hops;
    Duration latency;
    bool reaches;
  };
  for (const Case& c : std::vector<Case>{
           {"the entry router itself", "10.0.0.1", {}, milliseconds{0}, true},
           {"a net of the entry router", "10.0.0.7", {"10.0.0.1"}, milliseconds{0}, true},
           {"a second router", "10.1.0.1", {"10.0.0.1"}, milliseconds{55}, true},
           {"a host behind it", "10.1.0.2", {"10.0.0.1", "10.1.0.1"}, milliseconds{55}, true},
           {"three routers deep",
            "10.3.0.10",
            {"10.0.0.1", "10.2.0.1", "10.3.0.1"},
            milliseconds{30},
            true},
           {"no route at the first", "10.9.0.1", {"10.0.0.1"}, milliseconds{0}, false},
           {"no route at the second",
            "10.1.7.1",
            {"10.0.0.1", "10.1.0.1"},
            milliseconds{55},
            false}}) {
    SCOPED_TRACE(c.name);
    const Path* const path = topology.path_to(ip(c.destination));
    ASSERT_NE(path, nullptr);
    ASSERT_EQ(path->hops.size(), c.hops.size());
    for (std::size_t i = 0; i < c.hops.size(); ++i) EXPECT_EQ(path->hops[i].router, ip(c.hops[i]));
    EXPECT_EQ(path->place.latency, c.latency);
    EXPECT_EQ(path->reaches(), c.reaches);
  }
}

TEST(Topology, AnUnreachableRouteEndsThePath) {
  TopologySpec plan = figure6();
  plan.unreachable = {{ip("10.2.0.1"), net("10.3.7.0/24")}};
  const Topology topology = Topology::build(plan).value();
  EXPECT_TRUE(topology.path_to(ip("10.3.0.10"))->reaches());
  const Path* const path = topology.path_to(ip("10.3.7.10"));
  EXPECT_FALSE(path->reaches());
  EXPECT_EQ(path->hops.back().router, ip("10.2.0.1"));
}

TEST(Topology, ATunnelEndsThePath) {
  TopologySpec plan = figure6();
  const TunnelEnds tunnel{ip("192.0.2.1"), ip("192.0.2.2")}, keyed{tunnel.local, tunnel.remote, 7};
  plan.tunnels = {{ip("10.2.0.1"), net("10.3.7.0/24"), tunnel},
                  {ip("10.2.0.1"), net("10.3.8.0/24"), keyed},
                  {ip("10.0.0.1"), net("10.9.0.0/16"), tunnel}};
  const Topology topology = Topology::build(plan).value();
  EXPECT_EQ(topology.tunnels(), (std::vector{tunnel, keyed}));
  EXPECT_TRUE(topology.path_to(ip("10.3.0.10"))->reaches());
  const Path* const path = topology.path_to(ip("10.3.8.10"));
  EXPECT_EQ(path->end, PathEnd::tunnel);
  EXPECT_EQ(path->tunnel, 1);
  EXPECT_EQ(path->hops.back().router, ip("10.2.0.1"));
  EXPECT_EQ(topology.path_to(ip("10.9.1.1"))->tunnel, 0);
}

TEST(Topology, SaysWhetherAnyOfARangeIsReached) {
  const Topology topology = Topology::build(figure6()).value();
  struct Case {
    const char* name;
    const char *first, *last;
    bool reached;
  };
  for (const Case& c : {Case{"its first", "10.1.0.255", "10.1.9.0", true},
                        Case{"its middle", "10.0.128.0", "10.9.0.0", true},
                        Case{"none of it", "10.1.1.0", "10.1.255.255", false},
                        Case{"outside all", "11.0.0.0", "12.0.0.0", false}}) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(topology.reaches_any(ip(c.first), ip(c.last)), c.reached);
  }
}

TEST(Topology, KnowsOnlyTheNetworksOfItsEntries) {
  EXPECT_EQ(Topology::build(figure6()).value().path_to(ip("192.0.2.1")), nullptr);
  EXPECT_NE(Topology().path_to(ip("192.0.2.1")), nullptr) << "without routers all is outside";
}

TEST(Topology, SumsLossAlongThePath) {
  const Topology topology = Topology::build(figure6()).value();
  EXPECT_DOUBLE_EQ(topology.path_to(ip("10.3.0.10"))->place.loss.value, 0.5);
  TopologySpec lossy = figure6();
  lossy.next_hops[2].link.loss = percent(50);
  EXPECT_DOUBLE_EQ(Topology::build(lossy).value().path_to(ip("10.3.0.10"))->place.loss.value, 0.75);
}

TEST(Topology, ReportsTheRouteThatClosesALoop) {
  TopologySpec plan = figure6();
  plan.next_hops.push_back({ip("10.3.0.1"), net("10.3.9.0/24"), ip("10.2.0.1"), {}});
  const auto topology = Topology::build(plan);
  ASSERT_FALSE(topology);
  ASSERT_EQ(topology.error().size(), 1U);
  EXPECT_EQ(topology.error()[0].next_hop_route, 3U);
}

TEST(Topology, TakesTheEntryWithTheLongestNetwork) {
  TopologySpec plan = figure6();
  plan.entries.push_back({ip("10.3.0.1"), net("10.3.0.0/16")});
  const Topology topology = Topology::build(plan).value();
  EXPECT_EQ(topology.path_to(ip("10.3.0.10"))->hops.size(), 1U);
  EXPECT_EQ(topology.path_to(ip("10.2.0.10"))->hops.size(), 2U);
}

TEST(Topology, WorksOutThePathsOfAThousandRouters) {
  const Topology topology = Topology::build(large_topology(1'000, 32)).value();
  EXPECT_EQ(topology.routers().size(), 1'000U);
  EXPECT_EQ(topology.links().size(), 999U);
  std::size_t deepest = 0;
  for (const IpAddress& router : topology.routers()) {
    const Path* const path = topology.path_to(IpAddress::v4(router.v4_value() + 8));
    ASSERT_NE(path, nullptr);
    EXPECT_TRUE(path->reaches());
    EXPECT_EQ(path->hops.back().router, router);
    EXPECT_EQ(path->stages.size(), path->place.stages);
    deepest = std::max(deepest, path->hops.size());
  }
  EXPECT_EQ(deepest, 32U);
}

TEST(Topology, SumsPlainLinksBetweenLivelyOnes) {
  TopologySpec plan{.entries = {{ip("10.0.0.1"), net("10.0.0.0/8")}},
                    .direct = {{ip("10.0.0.5"), net("10.0.5.0/24")}},
                    .next_hops = {}};
  const LinkQuality plain{.latency = milliseconds{5}, .loss = percent(10)};
  const LinkQuality busy{.latency = milliseconds{7}, .bits_per_second = 1'000, .mtu_bytes = 1'400};
  int n = 1;
  for (const LinkQuality& link : {plain, busy, plain, plain}) {
    const IpAddress from = IpAddress::v4(10, 0, 0, static_cast<std::uint8_t>(n));
    const IpAddress to = IpAddress::v4(10, 0, 0, static_cast<std::uint8_t>(++n));
    plan.next_hops.push_back({from, net("10.0.5.0/24"), to, link});
  }
  const Topology topology = Topology::build(plan).value();
  const Path& path = *topology.path_to(ip("10.0.5.9"));
  ASSERT_EQ(path.stages.size(), 1U);
  EXPECT_EQ(path.stages[0].before.latency, milliseconds{5});
  EXPECT_EQ(path.stages[0].latency, milliseconds{12});
  EXPECT_EQ(path.place.after.latency, milliseconds{10});
  EXPECT_DOUBLE_EQ(path.place.after.loss.value, 0.19);
  EXPECT_EQ(path.place.latency, milliseconds{22});
  EXPECT_EQ(path.place.mtu_bytes, 1'400);
  ASSERT_EQ(path.hops.size(), 5U);
  EXPECT_EQ(path.hops[1].place.stages, 0U);
  EXPECT_EQ(path.hops[1].next_mtu_bytes, 1'400);
  EXPECT_EQ(path.hops[2].place.stages, 1U);
  EXPECT_EQ(path.hops[2].place.after.latency, Duration{});
}

TEST(Topology, StatementsOfTheSameQualitySpeakOfOneLink) {
  TopologySpec plan = figure6();
  plan.next_hops.push_back(
      {ip("10.0.0.1"), net("10.9.0.0/16"), ip("10.1.0.1"), plan.next_hops[0].link});
  EXPECT_EQ(Topology::build(plan)->links().size(), 3U);
  plan.next_hops.push_back(
      {ip("10.1.0.1"), net("192.0.2.0/24"), ip("10.0.0.1"), {milliseconds{1}}});
  const auto links = Topology::build(plan)->links();
  ASSERT_EQ(links.size(), 4U);
  EXPECT_EQ(links[0].low, ip("10.0.0.1"));
  EXPECT_EQ(links[1].high, ip("10.1.0.1"));
  EXPECT_EQ(links[1].parallel, 1U) << "of other quality: another link";
}

TEST(Topology, ListsNetworksThatLeadToARouter) {
  const Topology topology = Topology::build(figure6()).value();
  struct Case {
    const char *network, *router;
    bool is_led;
  };
  for (const Case& c :
       {Case{"10.3.0.0/24", "10.3.0.1", true}, Case{"10.3.0.0/24", "10.2.0.1", true},
        Case{"10.0.0.0/8", "10.3.0.1", true}, Case{"10.3.0.77/32", "10.3.0.1", true},
        Case{"10.1.0.0/24", "10.2.0.1", false}, Case{"192.0.2.0/24", "10.0.0.1", false}}) {
    SCOPED_TRACE(std::string(c.network) + " " + c.router);
    EXPECT_EQ(topology.leads(net(c.network), ip(c.router)), c.is_led);
  }
}

/// What becomes of a packet, as a word and the router that decides.
std::string outcome(const RouteVerdict& verdict) {
  if (const auto* at = std::get_if<TtlExpired>(&verdict))
    return "expired " + to_string(at->hop->router);
  if (const auto* at = std::get_if<NoRoute>(&verdict))
    return "no route " + to_string(at->hop->router);
  if (std::holds_alternative<Delivered>(verdict)) return "delivered";
  return std::holds_alternative<LostOnLink>(verdict) ? "lost" : "not ours";
}

TEST(EmulatedNetwork, CountsTheHopsOfEveryTimeToLive) {
  TopologySpec plan = figure6();
  for (NextHopRoute& route : plan.next_hops) route.link.loss = {};
  const Topology topology = Topology::build(plan).value();
  EmulatedNetwork network(topology, 1);
  struct Case {
    const char* destination;
    std::uint8_t ttl;
    const char* expected;
  };
  for (const Case& c :
       {Case{"10.3.0.10", 0, "expired 10.0.0.1"}, Case{"10.3.0.10", 1, "expired 10.0.0.1"},
        Case{"10.3.0.10", 2, "expired 10.2.0.1"}, Case{"10.3.0.10", 3, "expired 10.3.0.1"},
        Case{"10.3.0.10", 4, "delivered"}, Case{"10.2.0.1", 1, "expired 10.0.0.1"},
        Case{"10.2.0.1", 2, "delivered"}, Case{"10.0.0.1", 1, "delivered"},
        Case{"10.9.0.1", 1, "no route 10.0.0.1"}, Case{"10.1.7.1", 1, "expired 10.0.0.1"},
        Case{"10.1.7.1", 2, "no route 10.1.0.1"}, Case{"192.0.2.9", 64, "not ours"}}) {
    SCOPED_TRACE(std::string(c.destination) + " ttl " + std::to_string(c.ttl));
    EXPECT_EQ(outcome(network.route_inbound({}, {ip(c.destination), c.ttl}).front()), c.expected);
  }
}

TEST(EmulatedNetwork, CountsThirtyTwoHops) {
  TopologySpec plan = large_topology(1'000, 32);
  const Topology topology = Topology::build(plan).value();
  EmulatedNetwork network(topology, 1);
  const IpAddress deep = IpAddress::v4(10, 0, 31, 9);  // behind the end of the first chain
  for (std::uint8_t ttl = 1; ttl <= 32; ++ttl)
    EXPECT_EQ(outcome(network.route_inbound({}, {deep, ttl, 100}).front()),
              "expired 10.0." + std::to_string(ttl - 1) + ".1");
  EXPECT_EQ(outcome(network.route_inbound({}, {deep, 33, 100}).front()), "delivered");
}

TEST(EmulatedNetwork, LimitsTheNumberOfCopies) {
  TopologySpec plan = figure6();
  for (NextHopRoute& route : plan.next_hops) route.link = {.duplicate = percent(100)};
  const Topology topology = Topology::build(plan).value();
  EmulatedNetwork network(topology, 1);
  EXPECT_EQ(network.route_inbound({}, {ip("10.1.0.2")}).size(), 2U);
  EXPECT_EQ(network.route_inbound({}, {ip("10.3.0.2")}).size(), 4U);
  TopologySpec chain = large_topology(32, 32);
  for (NextHopRoute& route : chain.next_hops) route.link = {.duplicate = percent(100)};
  const Topology long_chain = Topology::build(chain).value();
  network.adopt(long_chain);
  EXPECT_EQ(network.route_inbound({}, {IpAddress::v4(10, 0, 31, 9)}).size(),
            EmulatedNetwork::max_copies);
}

TEST(EmulatedNetwork, LinksKeepTheirQueuesOverAReload) {
  TopologySpec plan = figure6();
  plan.next_hops[0].link = {.bits_per_second = 1'000'000};
  const Topology before = Topology::build(plan).value();
  EmulatedNetwork network(before, 1);
  const auto arrival = [&] {
    return std::get<Delivered>(
               network.route_inbound(Instant{}, {ip("10.1.0.2"), 64, 1'000}).front())
        .at;
  };
  EXPECT_EQ(arrival(), Instant{milliseconds{8}});
  plan.next_hops.insert(plan.next_hops.begin(),
                        {ip("10.0.0.1"), net("10.8.0.0/16"), ip("10.0.8.1"), {}});
  const Topology after = Topology::build(plan).value();
  network.adopt(after);
  EXPECT_EQ(network.generation(), 2U);
  EXPECT_EQ(arrival(), Instant{milliseconds{16}});
}

TEST(EmulatedNetwork, LosesTheConfiguredShare) {
  const Topology topology = Topology::build(figure6()).value();
  EmulatedNetwork network(topology, 7);
  int lost = 0;
  for (int i = 0; i < 100'000; ++i)
    lost += std::holds_alternative<LostOnLink>(network.route_inbound({}, {ip("10.1.0.2")}).front());
  EXPECT_NEAR(lost, 50'000, 408) << "the 99 % interval of a binomial distribution";
}

}  // namespace
}  // namespace apiary
