#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <set>

#include "engine/engine.h"
#include "honeynet/honeynet.h"
#include "lan/neighbour_monitor.h"
#include "wire/decode.h"
#include "wire/ethernet.h"
#include "wire/icmp.h"

namespace apiary {
namespace {

const MacAddress own_mac{{2, 0, 0, 0, 0, 1}}, visitor_mac{{2, 0, 0, 0, 0, 9}};
const IpAddress host = IpAddress::v4(10, 0, 0, 5), visitor = IpAddress::v4(10, 0, 0, 9),
                gateway = IpAddress::v4(10, 0, 0, 1);

/// What hosts with NICs of their own send on a link where 10.0.0.64/26 and 10.0.0.5 are claimed.
class Unasked : public testing::Test {
 protected:
  explicit Unasked(ArpMode mode = ArpMode::force, bool verifies = true, bool has_nic = true)
      : engine(world(verifies, has_nic),
               {.interfaces = {{.mac = own_mac,
                                .networks = {{*parse_ip_prefix("10.0.0.0/24"),
                                              IpAddress::v4(10, 0, 0, 2)}},
                                .gateway = gateway}},
                .claimed = claimed(),
                .arp = mode,
                .host_key = {1, 2}}) {}

  static std::shared_ptr<const Honeynet> world(bool verifies, bool has_nic) {
    Personality personality = generic_personality();
    personality.arp.verifies_neighbours = verifies;
    HostTemplate host_template{.personality =
                                   std::make_shared<const Personality>(std::move(personality))};
    if (has_nic)
      host_template.nic = std::make_shared<const NicProfile>(
          NicProfile{.name = "test", .prefixes = {{2, 7, 7}}, .address = {}});
    return std::make_shared<const Honeynet>(Honeynet::Parts{
        .default_template = std::make_shared<const HostTemplate>(std::move(host_template))});
  }
  static AddressSet claimed() {
    AddressSet set;
    set.add(*parse_ip_prefix("10.0.0.64/26"));
    set.add(*parse_ip_prefix("10.0.0.5/32"));
    return set;
  }

  /// A message of the visitor's.
  void arp(ArpOperation operation, const MacAddress& to, const IpAddress& about) {
    std::vector<std::uint8_t> bytes(arp_size_bytes);
    emit_arp({operation, visitor_mac, visitor, to, about}, bytes);
    receive(operation == ArpOperation::request ? broadcast_mac : to, EtherType::arp, bytes);
  }
  void ping(const MacAddress& to) {
    const IpDatagram header{.source = visitor,
                            .destination = host,
                            .protocol = static_cast<std::uint8_t>(IpProtocol::icmp)};
    const IcmpMessage echo{static_cast<std::uint8_t>(IcmpType::echo_request), 0, 1, {}};
    const std::size_t header_size = ip_header_size_bytes(header);
    std::vector<std::uint8_t> bytes(header_size + icmp_size_bytes(echo));
    emit_ip_header(header, icmp_size_bytes(echo), bytes);
    emit_icmp(echo, std::span(bytes).subspan(header_size));
    receive(to, EtherType::ipv4, bytes);
  }
  void receive(const MacAddress& receiver, EtherType type,
               const std::vector<std::uint8_t>& payload) {
    const wire::EthernetHeader header{receiver, visitor_mac, static_cast<std::uint16_t>(type)};
    std::vector<std::uint8_t> frame(sizeof header);
    std::memcpy(frame.data(), &header, sizeof header);
    frame.insert(frame.end(), payload.begin(), payload.end());
    engine.on_frame(now, {}, {.bytes = Bytes(frame)}, out);
    wait(milliseconds{1});
  }

  void wait(Duration time) {
    const Instant end = now + time;
    while (engine.next_deadline() <= end) {
      now = std::max(now, engine.next_deadline());
      engine.on_time(now, out);
      for (const Packet& packet : out.packets) note(packet);
      out.packets.clear();
    }
    now = end;
  }
  void note(const Packet& packet) {
    const auto frame = decode_frame(packet.bytes(), LinkLayer::ethernet).value();
    if (const auto* message = std::get_if<ArpMessage>(&frame.content))
      said.push_back({now, frame.receiver, *message});
  }
  /// The visitor asks for the host's MAC address, pings it, and returns the address.
  MacAddress meet() {
    arp(ArpOperation::request, {}, host);
    const MacAddress mac = said.empty() ? MacAddress{} : said.back().message.sender_mac;
    said.clear();
    ping(mac);
    return mac;
  }

  struct Said {
    Instant at;
    MacAddress receiver;
    ArpMessage message;
  };
  /// ARP requests for the visitor, a neighbour other than the gateway.
  std::vector<Said> asked() const {
    std::vector<Said> result;
    for (const Said& one : said)
      if (one.message.operation == ArpOperation::request && one.message.target_ip == visitor)
        result.push_back(one);
    return result;
  }

  Engine engine;
  Instant now{seconds{1'700'000'000}};
  Outbox out;
  std::vector<Said> said;
};

TEST_F(Unasked, AHostMakesSureOfItsNeighbour) {
  const MacAddress mac = meet();
  wait(milliseconds{4'990});
  EXPECT_TRUE(asked().empty()) << "not before delay_first_probe_time";
  wait(milliseconds{20});
  ASSERT_EQ(asked().size(), 1U);
  EXPECT_EQ(asked()[0].receiver, visitor_mac) << "to the neighbour alone";
  EXPECT_EQ(asked()[0].message, (ArpMessage{ArpOperation::request, mac, host, {}, visitor}));
  arp(ArpOperation::reply, mac, host);
  ping(mac);
  wait(seconds{10});
  EXPECT_EQ(asked().size(), 1U) << "it is there, for 15 to 45 seconds";
  wait(seconds{40});
  ping(mac);
  wait(milliseconds{5'500});
  EXPECT_EQ(asked().size(), 2U) << "and is asked again, once it is spoken to again";
}

TEST_F(Unasked, AnUnreachableNeighbourIsProbedThreeTimes) {
  meet();
  wait(seconds{60});
  ASSERT_EQ(asked().size(), 3U);
  EXPECT_EQ(asked()[2].at - asked()[1].at, NeighbourMonitor::retransmit_time);
}

struct OtherSystem : Unasked {
  OtherSystem() : Unasked(ArpMode::force, false) {}
};
TEST_F(OtherSystem, DoesNotAsk) {
  meet();
  wait(seconds{60});
  EXPECT_TRUE(asked().empty());
}

TEST_F(Unasked, HostsLookForTheGatewayNowAndThen) {
  wait(hours{1});
  std::map<MacAddress, int> times;
  for (const Said& one : said) {
    EXPECT_EQ(one.message.operation, ArpOperation::request);
    EXPECT_EQ(one.message.target_ip, gateway);
    EXPECT_EQ(one.receiver, broadcast_mac);
    EXPECT_TRUE(claimed().contains(one.message.sender_ip));
    ++times[one.message.sender_mac];
  }
  // 65 hosts, six times each: five standard deviations are 100.
  EXPECT_NEAR(static_cast<double>(said.size()), 390, 100);
  EXPECT_GT(times.size(), 55U) << "each with its own card, most of them in an hour";
}

struct AskingFirst : Unasked {
  AskingFirst() : Unasked(ArpMode::ask_first) {}
};
TEST_F(AskingFirst, NoHostSpeaksBeforeItKnowsThatItsAddressIsFree) {
  std::set<IpAddress> probed;
  wait(hours{2});
  for (const Said& one : said) {
    if (one.message.sender_ip.is_unspecified())
      probed.insert(one.message.target_ip);
    else
      EXPECT_TRUE(probed.contains(one.message.sender_ip));
  }
  EXPECT_FALSE(probed.empty());
}

struct WithoutCards : Unasked {
  WithoutCards() : Unasked(ArpMode::force, true, false) {}
};
TEST_F(WithoutCards, HostsSayNothing) {
  meet();
  wait(hours{1});
  EXPECT_TRUE(said.empty());
}

}  // namespace
}  // namespace apiary
