// Which packets the engine answers: by source, by frame, by the machine's routes.
#include <gtest/gtest.h>

#include "engine/testing/engine_on_link.h"
#include "host/reverse_paths.h"
#include "wire/arp.h"

namespace apiary {
namespace {

const IpAddress machine = IpAddress::v4(10, 0, 0, 77);

class Admission : public testing::Test, public EngineOnLink {};

TEST_F(Admission, SomeSourcesGetNoAnswer) {
  const struct {
    const char* name;
    const char* source;
    std::uint8_t interface = 0;
    bool is_answered = false;
  } cases[] = {
      {"from the world", "198.51.100.9", 0, true},
      {"from a neighbour", "192.0.2.9", 0, true},
      {"from the host itself", "10.0.0.5"},
      {"from everybody", "255.255.255.255"},
      {"from a group", "224.0.0.1"},
      {"from loopback", "127.0.0.1"},
      {"from nobody", "0.0.0.0"},
      {"from this network, wherever that is", "0.0.0.1"},
      {"from its last address", "0.255.255.255"},
      {"from this machine on the link", "10.0.0.2"},
      {"from its other address there", "192.0.2.2"},
      {"from all on the link", "192.0.2.127"},
      {"from the network of the link", "192.0.2.0"},
      {"from a claimed address elsewhere", "10.7.7.7"},
      {"from a claimed address on the link", "10.0.0.77"},
      {"from this machine, which is the link", "172.16.0.1", 1, true},
      {"from a claimed address, over it", "10.7.7.7", 1},
  };
  for (const auto& c : cases) {
    const auto refused = engine.counters().of(DropReason::bad_source);
    EXPECT_EQ(answers_to(*parse_ip_address(c.source), {c.interface}), c.is_answered ? 1U : 0U)
        << c.name;
    EXPECT_EQ(engine.counters().of(DropReason::bad_source) - refused, c.is_answered ? 0U : 1U)
        << c.name;
  }
}

TEST_F(Admission, FramesFromNobodyGetNoAnswer) {
  const struct {
    const char* name;
    MacAddress sender;
    bool is_answered = false;
  } cases[] = {
      {"from a visitor", visitor_mac, true},
      {"from all", broadcast_mac},
      {"from a group", {{1, 0, 0x5e, 0, 0, 1}}},
      {"from a group of its own making", {{3, 1, 2, 3, 4, 5}}},
      {"from no address", {}},
      {"from this machine itself", own_mac},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    sender = c.sender;
    const auto refused = engine.counters().of(DropReason::bad_source_mac);
    const std::size_t asked_before = asked;
    EXPECT_EQ(answers_to(IpAddress::v4(192, 0, 2, 9)), c.is_answered ? 1U : 0U);
    EXPECT_EQ(engine.counters().of(DropReason::bad_source_mac) - refused, c.is_answered ? 0U : 1U);
    if (c.is_answered) continue;
    Words bytes(arp_size_bytes);
    emit_arp({ArpOperation::request, visitor_mac, IpAddress::v4(192, 0, 2, 9), {}, host}, bytes);
    receive({0}, EtherType::arp, bytes);
    wait(seconds{1});
    EXPECT_EQ(asked, asked_before) << "ARP neither";
  }
}

TEST_F(Admission, FramesToAllAreAnsweredAsLinuxDoes) {
  const IpAddress visitor = IpAddress::v4(192, 0, 2, 9);
  const struct {
    const char* name;
    std::uint8_t protocol;
    Words payload;
    std::size_t answers = 0, sessions = 0;
  } cases[] = {
      {"ping", 1, icmp(IcmpType::echo_request, 8), 1, 0},
      {"datagram to a service", 17, udp({7}, visitor, 5), 0, 1},
      {"datagram to a closed port", 17, udp({9}, visitor, 5)},
      {"SYN to a service", 6, tcp(tcp_flag::syn, {7}, visitor)},
      {"SYN to a closed port", 6, tcp(tcp_flag::syn, {9}, visitor)},
      {"unknown protocol", 253, Words(8, 'x')},
  };
  for (const MacAddress& to : {broadcast_mac, MacAddress{{1, 0, 0x5e, 0, 0, 1}}}) {
    receiver = to;
    for (const auto& c : cases) {
      SCOPED_TRACE(c.name);
      const std::size_t sent_before = sent;
      const auto dropped = engine.counters().of(DropReason::link_broadcast);
      sessions.clear();
      send(c.protocol, visitor, c.payload);
      wait(seconds{5});
      EXPECT_EQ(sent - sent_before, c.answers);
      EXPECT_EQ(sessions.size(), c.sessions);
      EXPECT_EQ(engine.counters().of(DropReason::link_broadcast) - dropped,
                c.answers + c.sessions == 0 ? 1U : 0U);
      if (c.answers > 0) {
        EXPECT_EQ(sent_from, own_mac);
        EXPECT_EQ(sent_to, visitor_mac);
      }
    }
    wait(minutes{10});  // the session is over
  }
}

TEST_F(Admission, FramesOfAVlanAreLeftToItsInterface) {
  vlan = 7;
  EXPECT_EQ(answers_to(IpAddress::v4(192, 0, 2, 9)), 0U);
  EXPECT_EQ(engine.counters().of(DropReason::other_vlan), 1U);
  vlan = 0;  // no tag, or a priority only
  EXPECT_EQ(answers_to(IpAddress::v4(192, 0, 2, 9)), 1U);
}

TEST_F(Admission, VisitorsAreWhereTheMachineReachesThem) {
  const auto bits = [](std::initializer_list<std::size_t> interfaces) {
    InterfaceBits set;
    for (const std::size_t i : interfaces) set.set(i);
    return set;
  };
  ReversePaths paths{.routes = PrefixMap<InterfaceBits>({
                         {*parse_ip_prefix("192.0.2.0/25"), bits({0})},
                         {*parse_ip_prefix("198.51.100.0/24"), bits({0, 1})},
                         {*parse_ip_prefix("198.51.100.128/25"), bits({})},
                         {*parse_ip_prefix("172.16.0.0/12"), bits({1})},
                     }),
                     .refuse_own = bits({0, 1}),
                     .are_strict = bits({0})};
  paths.own.add(*parse_address_range("172.20.0.1"));
  paths.own.add(*parse_address_range("192.0.2.2"));
  engine.adopt(std::make_shared<const ReversePaths>(paths));
  const struct {
    const char* name;
    const char* source;
    std::uint8_t interface = 0;
    std::optional<DropReason> why{};
  } cases[] = {
      {"on the link", "192.0.2.9"},
      {"behind a router there", "198.51.100.9"},
      {"where no route leads", "203.0.113.9"},
      {"behind another interface, more precisely", "198.51.100.200", 0, DropReason::reverse_path},
      {"behind another of ours", "172.16.0.9", 0, DropReason::reverse_path},
      {"by that other one", "172.16.0.9", 1},
      {"from elsewhere, where that is no matter", "198.51.100.200", 1},
      {"with an address of the machine's", "172.20.0.1", 0, DropReason::bad_source},
      {"with one, by the other interface", "172.20.0.1", 1, DropReason::bad_source},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto refused = c.why ? engine.counters().of(*c.why) : 0;
    EXPECT_EQ(answers_to(*parse_ip_address(c.source), {c.interface}), c.why ? 0U : 1U);
    if (c.why) {
      EXPECT_EQ(engine.counters().of(*c.why) - refused, 1U);
    }
  }
  paths.are_strict.reset();
  engine.adopt(std::make_shared<const ReversePaths>(paths));
  EXPECT_EQ(answers_to(IpAddress::v4(172, 16, 0, 9)), 1U) << "--allow-asymmetric";
  EXPECT_EQ(answers_to(IpAddress::v4(172, 20, 0, 1)), 0U) << "but never the machine's own";
}

TEST_F(Admission, AMachineWithAClaimedAddressIsAnsweredOnceItHasAnnouncedIt) {
  EXPECT_EQ(answers_to(machine), 0U);
  EXPECT_EQ(asked, 1U) << "who has it?";
  announce(machine);
  EXPECT_EQ(answers_to(machine), 1U);
}

TEST_F(Admission, NobodyIsAskedForMoreThanNowAndThen) {
  for (int i = 0; i < 1'000; ++i) {
    EXPECT_EQ(answers_to(machine), 0U);
    wait(milliseconds{100});
  }
  EXPECT_LE(asked, 4U) << "two probes, and no more for ten minutes";
}

}  // namespace
}  // namespace apiary
