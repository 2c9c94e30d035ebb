#include "host/arp.h"

#include <gtest/gtest.h>

#include "wire/decode.h"

namespace apiary {
namespace {

const Instant start{seconds{1'000}};
const MacAddress own_mac{{2, 0, 0, 0, 0, 1}}, visitor_mac{{2, 0, 0, 0, 0, 9}},
    real_mac{{2, 0, 0, 0, 0, 7}};
const IpAddress visitor = IpAddress::v4(10, 0, 0, 9), wanted = IpAddress::v4(10, 0, 0, 5);

/// A responder on one Ethernet interface that claims 10.0.0.0/28.
class ArpTest : public ::testing::Test {
 protected:
  explicit ArpTest(ArpMode mode = ArpMode::ask_first) : responder(mode, limits, {1, 2}) {
    claimed.add(parse_ip_prefix("10.0.0.0/28").value());
    claimed.remove(visitor);
  }

  void receive(ArpMessage message) {
    responder.handle(now, {}, message, claimed, outlet, out);
    collect();
  }
  void wait(Duration time) {
    const Instant end = now + time;
    while (responder.next_due() <= end) {
      now = responder.next_due();
      responder.on_time(now, claimed, outlet);
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
  const Topology topology;
  EmulatedNetwork network{topology, 1};
  PacketOutlet outlet{
      {InterfaceSettings{LinkLayer::ethernet, own_mac, 1500}}, limits, network, counters};
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
  EXPECT_EQ(sent.size(), 4U) << "and from then on at once";
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

TEST_F(ArpTest, GivesWayToARealMachineThatTurnsUpLater) {
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

TEST_F(ForcedArp, AnswersAtOnce) {
  receive({ArpOperation::reply, real_mac, wanted, own_mac, IpAddress::v4(0)});
  receive(request());
  EXPECT_EQ(sent, std::vector{reply()});
}

TEST_F(NoArp, NeverAnswers) {
  receive(request());
  wait(seconds{2});
  EXPECT_TRUE(sent.empty());
}

}  // namespace
}  // namespace apiary
