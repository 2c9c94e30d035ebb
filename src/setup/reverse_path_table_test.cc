#include "setup/reverse_path_table.h"

#include <gtest/gtest.h>
#include <linux/rtnetlink.h>

namespace apiary {
namespace {

IpAddress ip(const char* text) { return *parse_ip_address(text); }
IpPrefix prefix(const char* text) { return *parse_ip_prefix(text); }

SeenRoute route(const char* destination, const char* interface, std::uint32_t metric = 0) {
  return {.destination = prefix(destination),
          .table = RT_TABLE_MAIN,
          .interface_name = interface,
          .metric = metric};
}

/// A machine that receives visitors on eth0, a bridge's port, a macvlan of eth1, a tunnel and a TUN
/// interface.
class ReversePathTable : public testing::Test {
 protected:
  ReversePaths make(std::vector<SeenRoute> routes, bool allow_asymmetric = false) const {
    return make_reverse_paths(interfaces, links, routes, rules, allow_asymmetric);
  }
  bool lead(const ReversePaths& paths, const char* source, std::uint8_t interface) const {
    return paths.lead_to(ip(source), {interface});
  }

  std::vector<InterfaceSettings> interfaces = {
      {.name = "eth0"},
      {.name = "port"},
      {.name = "macvlan0"},
      {.link_layer = LinkLayer::raw_ip, .name = "192.0.2.1-192.0.2.2"},
      {.link_layer = LinkLayer::raw_ip, .name = "honey"}};
  std::vector<SeenRule> rules = {{.priority = 0, .table = RT_TABLE_LOCAL},
                                 {.priority = 32766, .table = RT_TABLE_MAIN},
                                 {.priority = 32767, .table = RT_TABLE_DEFAULT}};
  std::vector<SeenLink> links = {
      {.index = 1, .name = "lo"},
      {.index = 2, .name = "eth0", .kind = "veth", .lower = 3},  // its peer is another link
      {.index = 3, .name = "eth1"},
      {.index = 4, .name = "br0", .kind = "bridge"},
      {.index = 5, .name = "port", .master = 4},
      {.index = 6, .name = "macvlan0", .kind = "macvlan", .lower = 3},
      {.index = 7, .name = "eth0.5", .kind = "vlan", .lower = 2},
      {.index = 8, .name = "red", .kind = "vrf"},
      {.index = 9, .name = "honey", .kind = "tun"}};
};

TEST_F(ReversePathTable, TakesTheRouteThatTheKernelWould) {
  const ReversePaths paths =
      make({route("0.0.0.0/0", "eth1", 100),
            route("0.0.0.0/0", "eth0", 50),
            route("192.0.2.0/24", "eth0"),
            route("198.51.100.0/24", "eth1"),
            route("198.51.100.0/25", "eth0.5"),
            route("203.0.113.0/24", "eth0", 7),
            route("203.0.113.0/24", "eth1", 7),  // two paths of one route
            {.destination = prefix("10.0.0.0/8"),
             .table = RT_TABLE_MAIN,
             .kind = SeenRoute::Kind::other},
            {.destination = prefix("172.16.0.0/12"), .table = 50, .interface_name = "eth1"}});
  for (const auto& [name, source, allowed] :
       {std::tuple{"the default route of the lowest metric", "8.8.8.8", true},
        std::tuple{"on the link", "192.0.2.9", true},
        std::tuple{"elsewhere", "198.51.100.200", false},
        std::tuple{"on a VLAN of the interface, which is another link", "198.51.100.9", false},
        std::tuple{"one of two paths", "203.0.113.9", true},
        std::tuple{"a black hole", "10.1.2.3", true},
        std::tuple{"a table without a rule", "172.16.0.1", true}})
    EXPECT_EQ(lead(paths, source, 0), allowed) << name;
}

TEST_F(ReversePathTable, FollowsTheRulesForWhatTheMachineSends) {
  const auto in_50 = [](const char* destination, const char* interface) {
    SeenRoute other = route(destination, interface);
    other.table = 50;
    return other;
  };
  struct Case {
    const char* name;
    SeenRule rule;  // before that of the main table
    const char* source;
    bool allowed;
  };
  for (const Case& c : {
           Case{"a table of the operator's own comes first", {.table = 50}, "172.16.0.1", false},
           Case{"and its default route precedes the whole main table",
                {.table = 50},
                "192.0.2.9",
                false},
           Case{"unless a rule suppresses it",
                {.table = 50, .shortest_length = 1},
                "192.0.2.9",
                true},
           Case{"which does not suppress the rest",
                {.table = 50, .shortest_length = 1},
                "172.16.0.1",
                false},
           Case{"a rule for packets from other machines",
                {.table = 50, .is_for_own = false},
                "172.16.0.1",
                true},
           Case{"a rule for a destination",
                {.table = 50, .destination = prefix("172.16.0.0/24")},
                "172.16.0.1",
                false},
           Case{"a rule for another destination",
                {.table = 50, .destination = prefix("172.16.0.0/24")},
                "172.16.1.1",
                true},
           Case{"a rule for a destination that only the default route of its table has",
                {.table = 50, .destination = prefix("192.0.2.0/28")},
                "192.0.2.9",
                false},
           Case{"and an address outside that",
                {.table = 50, .destination = prefix("192.0.2.0/28")},
                "192.0.2.99",
                true},
       }) {
    rules.insert(rules.begin() + 1, c.rule);
    const ReversePaths paths = make({route("0.0.0.0/0", "eth0"), route("172.16.0.0/16", "eth0"),
                                     route("192.0.2.0/24", "eth0"), in_50("0.0.0.0/0", "eth1"),
                                     in_50("172.16.0.0/12", "eth1")});
    EXPECT_EQ(lead(paths, c.source, 0), c.allowed) << c.name;
    rules.erase(rules.begin() + 1);
  }
}

TEST_F(ReversePathTable, TreatsInterfacesOfOneLinkAsOne) {
  const ReversePaths paths = make({route("192.0.2.0/24", "br0"), route("198.51.100.0/24", "eth1")});
  EXPECT_TRUE(lead(paths, "192.0.2.9", 1)) << "a bridge and its port";
  EXPECT_TRUE(lead(paths, "198.51.100.9", 2)) << "a macvlan and its parent";
  EXPECT_FALSE(lead(paths, "198.51.100.9", 1));
  EXPECT_FALSE(lead(paths, "192.0.2.9", 0));
}

TEST_F(ReversePathTable, IsStrictOnlyOnEthernet) {
  std::vector<SeenRoute> routes = {route("0.0.0.0/0", "eth1"),
                                   {.destination = prefix("203.0.113.1/32"),
                                    .table = RT_TABLE_LOCAL,
                                    .kind = SeenRoute::Kind::local,
                                    .interface_name = "eth1"}};
  const ReversePaths paths = make(routes), lenient = make(routes, true);
  struct Case {
    const char* name;
    std::uint8_t interface;
    bool strict, refuses_own;
  };
  for (const Case& c : {Case{"Ethernet", 0, true, true}, Case{"a tunnel", 3, false, true},
                        Case{"TUN, whose other end is the machine", 4, false, false}}) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(lead(paths, "8.8.8.8", c.interface), !c.strict);
    EXPECT_TRUE(lead(lenient, "8.8.8.8", c.interface));
    EXPECT_EQ(paths.is_own(ip("203.0.113.1"), {c.interface}), c.refuses_own);
    EXPECT_EQ(lenient.is_own(ip("203.0.113.1"), {c.interface}), c.refuses_own);
    EXPECT_FALSE(paths.is_own(ip("203.0.113.2"), {c.interface}));
  }
}

TEST_F(ReversePathTable, MergesEqualRoutes) {
  std::vector<SeenRoute> routes = {route("0.0.0.0/0", "eth0"), route("11.0.0.0/8", "eth1")};
  for (std::uint32_t i = 0; i < 1000; ++i)
    routes.push_back({.destination = {IpAddress::v4(0x0a000000 + (i << 8)), 24},
                      .table = RT_TABLE_MAIN,
                      .interface_name = "eth0"});
  routes.push_back(route("11.1.0.0/16", "eth1"));
  routes.push_back(route("11.2.0.0/16", "eth0"));
  const ReversePaths paths = make(routes);
  EXPECT_EQ(paths.routes.entries().size(), 3U);
  EXPECT_TRUE(lead(paths, "10.0.3.1", 0));
  EXPECT_FALSE(lead(paths, "11.1.0.1", 0));
  EXPECT_TRUE(lead(paths, "11.2.0.1", 0));
  EXPECT_FALSE(lead(paths, "11.3.0.1", 0));
}

TEST_F(ReversePathTable, WarnsOfVisitorsWithoutReplies) {
  std::vector<SeenRoute> routes = {route("0.0.0.0/0", "eth1"), route("192.0.2.0/24", "eth0")};
  const auto notices = [&](bool allow_asymmetric) {
    return asymmetric_interfaces(interfaces, make(routes, allow_asymmetric), routes, rules);
  };
  ASSERT_EQ(notices(false).size(), 2U) << "for eth0 and the bridge's port";
  EXPECT_NE(notices(false)[0].find("get no answer on eth0"), std::string::npos);
  EXPECT_NE(notices(false)[0].find("default route uses eth1"), std::string::npos);
  EXPECT_TRUE(notices(true).empty());
  routes.erase(routes.begin());
  EXPECT_TRUE(notices(false).empty()) << "without a default route, nothing leads elsewhere";
}

TEST_F(ReversePathTable, ALocalRouteForCertainPacketsTakesNoVisitorsAddress) {
  constexpr std::uint32_t other_table = 100;
  const auto local = [](const char* destination, std::uint32_t table) {
    return SeenRoute{.destination = prefix(destination),
                     .table = table,
                     .kind = SeenRoute::Kind::local,
                     .interface_name = "lo"};
  };
  const std::vector<SeenRoute> routes = {local("198.51.100.0/24", RT_TABLE_LOCAL),
                                         local("0.0.0.0/0", other_table),
                                         local("203.0.113.9/32", other_table)};
  const ReversePaths paths = make(routes);
  EXPECT_TRUE(paths.is_own(ip("198.51.100.7"), {0}));
  EXPECT_TRUE(paths.is_own(ip("203.0.113.9"), {0})) << "a VRF's address";
  EXPECT_FALSE(paths.is_own(ip("192.0.2.9"), {0}));
  rules.push_back({.priority = 100, .table = other_table});
  EXPECT_TRUE(make(routes).is_own(ip("192.0.2.9"), {0})) << "the table is for all packets";
}

}  // namespace
}  // namespace apiary
