#include "lan/arp.h"

#include <gtest/gtest.h>

#include <memory>

#include "wire/decode.h"

namespace apiary {
namespace {

const Instant start{seconds{1'000}};
const MacAddress own_mac{{2, 0, 0, 0, 0, 1}}, visitor_mac{{2, 0, 0, 0, 0, 9}},
    real_mac{{2, 0, 0, 0, 0, 7}};
const IpAddress visitor = IpAddress::v4(10, 0, 0, 9), wanted = IpAddress::v4(10, 0, 0, 5);

/// What a host's card may be: none, or this one.
std::shared_ptr<const NicProfile> nic_of(const MacAddress& mac) {
  return std::make_shared<const NicProfile>(
      NicProfile{.name = "test", .prefixes = {{2, 0, 0}}, .address = mac});
}

/// A responder on one Ethernet interface that claims 10.0.0.0/28. `host` is at each address.
class ArpTest : public ::testing::Test {
 protected:
  explicit ArpTest(ArpMode mode = ArpMode::ask_first) : responder(mode, limits, {1, 2}, Random{4}) {
    claimed.add(parse_ip_prefix("10.0.0.0/28").value());
    claimed.remove(visitor);
    become(HostTemplate{});
  }

  void become(HostTemplate host_template) {
    if (host_template.personality == nullptr)
      host_template.personality = std::make_shared<const Personality>();
    honeynet = std::make_shared<const Honeynet>(Honeynet::Parts{
        .default_template = std::make_shared<const HostTemplate>(std::move(host_template))});
  }
  void become(const ArpRules& rules) {
    Personality personality;
    personality.arp = rules;
    become(HostTemplate{.personality = std::make_shared<const Personality>(personality)});
  }
  StationLookup stations() const { return {*honeynet, claimed, leases, interfaces, key}; }

  void receive(ArpMessage message, MacAddress receiver = broadcast_mac) {
    responder.handle(now, {{}, receiver, message}, stations(), outlet, out);
    collect();
  }
  /// Whether the message is answered immediately.
  bool is_answered(const ArpMessage& message, MacAddress receiver = broadcast_mac) {
    sent.clear();
    receive(message, receiver);
    return !sent.empty() && sent.back().operation == ArpOperation::reply;
  }
  void wait(Duration time) {
    const Instant end = now + time;
    while (responder.next_due() <= end) {
      now = responder.next_due();
      responder.on_time(now, stations(), outlet);
      collect();
    }
    now = end;
  }
  void collect() {
    std::vector<Packet> packets;
    outlet.release(now, packets);
    for (const Packet& packet : packets)
      sent.push_back(
          std::get<ArpMessage>(decode_frame(packet.bytes(), LinkLayer::ethernet).value().content));
  }
  ArpMessage request() const { return {ArpOperation::request, visitor_mac, visitor, {}, wanted}; }
  ArpMessage reply() const { return {ArpOperation::reply, own_mac, wanted, visitor_mac, visitor}; }

  Limits limits;
  Counters counters;
  std::vector<InterfaceSettings> interfaces{{.mac = own_mac}};
  const Topology topology;
  EmulatedNetwork network{topology, 1};
  PacketSender outlet{interfaces, limits, network, counters};
  const HashKey key{5, 6};
  std::shared_ptr<const Honeynet> honeynet;
  DhcpClients leases{{honeynet, outlet, interfaces, key}, Random{5}};
  AddressSet claimed;
  ArpResponder responder;
  Outbox out;
  Instant now = start;
  std::vector<ArpMessage> sent;
};

struct ForcedArp : ArpTest {
  ForcedArp() : ArpTest(ArpMode::force) {}
};
struct NoArp : ArpTest {
  NoArp() : ArpTest(ArpMode::off) {}
};

TEST_F(ArpTest, AsksBeforeItAnswers) {
  receive(request());
  const ArpMessage probe{ArpOperation::request, own_mac, IpAddress::v4(0), {}, wanted};
  EXPECT_EQ(sent, std::vector{probe});
  wait(ArpResponder::probe_interval);
  EXPECT_EQ(sent, (std::vector{probe, probe}));
  wait(ArpResponder::probe_interval);
  EXPECT_EQ(sent, (std::vector{probe, probe, reply()})) << "nobody has it: it is ours";
  receive(request());
  EXPECT_EQ(sent.size(), 4U) << "and from then on immediately";
  EXPECT_EQ(sent.back(), reply());
}

TEST_F(ArpTest, LeavesAnAddressToTheRealMachineThatHasIt) {
  receive(request());
  receive({ArpOperation::reply, real_mac, wanted, own_mac, IpAddress::v4(0)});
  sent.clear();
  wait(seconds{2});
  receive(request());
  EXPECT_TRUE(sent.empty());
  EXPECT_TRUE(responder.is_taken(now, wanted));
  ASSERT_EQ(out.events.size(), 1U);
  EXPECT_EQ(std::get<AddressInUse>(out.events[0]).owner, real_mac);

  wait(ArpResponder::taken_time);
  EXPECT_FALSE(responder.is_taken(now, wanted));
  receive(request());
  wait(seconds{1});
  EXPECT_EQ(sent.back(), reply()) << "the machine is gone";
}

TEST_F(ArpTest, YieldsToARealMachineThatAppearsLater) {
  receive(request());
  wait(seconds{1});
  ASSERT_EQ(sent.back(), reply());
  sent.clear();
  // A gratuitous request, as a machine sends when it comes up.
  receive({ArpOperation::request, real_mac, wanted, {}, wanted});
  receive(request());
  wait(seconds{1});
  EXPECT_TRUE(sent.empty());
}

TEST_F(ArpTest, IsSilentAboutOtherAddresses) {
  receive({ArpOperation::request, visitor_mac, visitor, {}, IpAddress::v4(10, 0, 0, 77)});
  receive({ArpOperation::request, visitor_mac, visitor, {}, visitor});
  wait(seconds{2});
  EXPECT_TRUE(sent.empty());
}

TEST_F(ArpTest, LooksAgainAfterAWhile) {
  receive(request());
  wait(ArpResponder::ours_time + seconds{1});
  sent.clear();
  receive(request());
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[0], reply()) << "answered meanwhile";
  EXPECT_EQ(sent[1].sender_ip, IpAddress::v4(0)) << "and asked";
}

TEST_F(ForcedArp, AnswersImmediately) {
  receive({ArpOperation::reply, real_mac, wanted, own_mac, IpAddress::v4(0)});
  receive(request());
  EXPECT_EQ(sent, std::vector{reply()});
}

TEST_F(ForcedArp, AnswersWhatTheRulesOfItsSystemLetIt) {
  struct Case {
    const char* name;
    ArpRules rules;
    void (*change)(ArpMessage&);
    bool answered;
  };
  const ArpRules strict{.from_nowhere = false,
                        .from_afar = false,
                        .hardware = ArpRules::Hardware::ethernet,
                        .to_group = false};
  const ArpRules lax{.from_loopback = true,
                     .from_broadcast = true,
                     .hardware = ArpRules::Hardware::any,
                     .any_protocol = true,
                     .any_lengths = true};
  interfaces[0].networks = {{*parse_ip_prefix("10.0.0.0/24"), IpAddress::v4(10, 0, 0, 20)}};
  for (const Case& c : {
           Case{"honest", strict, [](ArpMessage&) {}, true},
           Case{"probe", {}, [](ArpMessage& m) { m.sender_ip = IpAddress::v4(0); }, true},
           Case{"probe", strict, [](ArpMessage& m) { m.sender_ip = IpAddress::v4(0); }, false},
           Case{"loopback",
                {},
                [](ArpMessage& m) { m.sender_ip = IpAddress::v4(127, 0, 0, 1); },
                false},
           Case{"loopback", lax, [](ArpMessage& m) { m.sender_ip = IpAddress::v4(127, 0, 0, 1); },
                true},
           Case{"broadcast", {}, [](ArpMessage& m) { m.sender_ip = IpAddress::v4(~0U); }, false},
           Case{"broadcast", lax, [](ArpMessage& m) { m.sender_ip = IpAddress::v4(~0U); }, true},
           Case{"the network's broadcast",
                {},
                [](ArpMessage& m) { m.sender_ip = IpAddress::v4(10, 0, 0, 255); },
                false},
           Case{"afar", {}, [](ArpMessage& m) { m.sender_ip = IpAddress::v4(1, 0, 0, 1); }, true},
           Case{"afar", strict, [](ArpMessage& m) { m.sender_ip = IpAddress::v4(1, 0, 0, 1); },
                false},
           Case{"odd operation", lax,
                [](ArpMessage& m) { m.operation = static_cast<ArpOperation>(255); }, false},
           Case{"a reply", lax, [](ArpMessage& m) { m.operation = ArpOperation::reply; }, false},
           Case{"IEEE 802", {}, [](ArpMessage& m) { m.hardware_type = 6; }, true},
           Case{"IEEE 802", strict, [](ArpMessage& m) { m.hardware_type = 6; }, false},
           Case{"odd hardware", {}, [](ArpMessage& m) { m.hardware_type = 255; }, false},
           Case{"odd hardware", lax, [](ArpMessage& m) { m.hardware_type = 255; }, true},
           Case{"odd protocol", {}, [](ArpMessage& m) { m.protocol_type = 0xffff; }, false},
           Case{"odd protocol", lax, [](ArpMessage& m) { m.protocol_type = 0xffff; }, true},
           Case{"odd length", {}, [](ArpMessage& m) { m.protocol_length = 6; }, false},
           Case{"odd length", lax, [](ArpMessage& m) { m.hardware_length = 8; }, true},
           Case{"a group's card", {}, [](ArpMessage& m) { m.sender_mac = broadcast_mac; }, true},
           Case{"a group's card", strict, [](ArpMessage& m) { m.sender_mac = broadcast_mac; },
                false},
           Case{"its own card", lax, [](ArpMessage& m) { m.sender_mac = own_mac; }, false},
           Case{"its own address", lax, [](ArpMessage& m) { m.sender_ip = m.target_ip; }, false},
       }) {
    SCOPED_TRACE(c.name);
    become(c.rules);
    ArpMessage message = request();
    c.change(message);
    EXPECT_EQ(is_answered(message), c.answered);
  }
}

TEST_F(ForcedArp, ReceivesWhatItsCardReceives) {
  const MacAddress nic{{0, 0x11, 0x22, 0x33, 0x44, 0x55}};
  EXPECT_TRUE(is_answered(request(), own_mac)) << "a refresh";
  EXPECT_FALSE(is_answered(request(), nic)) << "for somebody else";
  EXPECT_FALSE(is_answered(request(), {{1, 0, 0x5e, 0, 0, 1}}));

  become(HostTemplate{.nic = nic_of(nic)});
  now += seconds{1};
  receive(request(), own_mac);
  receive(request(), nic);
  now += milliseconds{1};
  sent.clear();
  collect();
  ASSERT_EQ(sent.size(), 1U) << "its own answers, the machine's does not, and it takes its time";
  EXPECT_EQ(sent[0].sender_mac, nic);
}

TEST_F(ForcedArp, DefendsAnAddressOnceInAWhile) {
  ArpRules rules;
  rules.defends = true;
  become(rules);
  const ArpMessage conflict{ArpOperation::request, real_mac, wanted, {}, visitor};
  const ArpMessage announcement{ArpOperation::request, own_mac, wanted, {}, wanted};
  receive(conflict);
  receive(conflict);
  EXPECT_EQ(sent, std::vector{announcement});
  ASSERT_EQ(out.events.size(), 1U);
  EXPECT_TRUE(std::get<AddressInUse>(out.events[0]).is_contested);
  EXPECT_FALSE(responder.is_taken(now, wanted));
  now += ArpResponder::defend_interval;
  receive(conflict);
  EXPECT_EQ(sent.size(), 2U);

  rules.defends = false;
  become(rules);
  sent.clear();
  receive({ArpOperation::request, visitor_mac, IpAddress::v4(10, 0, 0, 6), {}, visitor});
  EXPECT_TRUE(sent.empty());
  EXPECT_EQ(out.events.size(), 2U) << "reported nonetheless";
}

TEST_F(ArpTest, DoesNotTakeOddMessagesForConflicts) {
  receive({.operation = ArpOperation::request,
           .sender_mac = real_mac,
           .sender_ip = wanted,
           .target_ip = visitor,
           .hardware_type = 7});
  EXPECT_FALSE(responder.is_taken(now, wanted));
}

TEST_F(ForcedArp, IsSilentWhereNobodyIs) {
  honeynet = std::make_shared<const Honeynet>(Honeynet::Parts{});
  EXPECT_FALSE(is_answered(request()));
}

TEST_F(NoArp, NeverAnswers) {
  receive(request());
  wait(seconds{2});
  EXPECT_TRUE(sent.empty());
}

}  // namespace
}  // namespace apiary
