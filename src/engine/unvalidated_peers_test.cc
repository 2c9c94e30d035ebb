// To whom nothing is said, and how much at most to those who have not shown themselves.
#include <gtest/gtest.h>

#include <cstring>

#include "engine/engine.h"
#include "honeynet/honeynet.h"
#include "host/reverse_paths.h"
#include "wire/arp.h"
#include "wire/decode.h"
#include "wire/ethernet.h"
#include "wire/icmp.h"
#include "wire/tcp.h"
#include "wire/udp.h"

namespace apiary {
namespace {

using Words = std::vector<std::uint8_t>;

const MacAddress own_mac{{2, 0, 0, 0, 0, 1}}, visitor_mac{{2, 0, 0, 0, 0, 9}};
const IpAddress host = IpAddress::v4(10, 0, 0, 5), machine = IpAddress::v4(10, 0, 0, 77);

std::shared_ptr<const Honeynet> world() {
  HostTemplate host_template{.personality =
                                 std::make_shared<const Personality>(generic_personality())};
  host_template.tcp_ports = {{Port{7}, std::make_shared<const ServiceSpec>(Script{"cat"})}};
  host_template.udp_ports = {{Port{7}, std::make_shared<const ServiceSpec>(Script{"cat"})}};
  return std::make_shared<const Honeynet>(Honeynet::Parts{
      .default_template = std::make_shared<const HostTemplate>(std::move(host_template))});
}

Words tcp(std::uint8_t flags, Port to, const IpAddress& source, std::size_t text_bytes = 0) {
  const Words text(text_bytes, 'x');
  const TcpSegment segment{.source_port = {4'000},
                           .destination_port = to,
                           .sequence = {1'000},
                           .flags = flags,
                           .window = 65'535,
                           .payload = text};
  Words bytes(tcp_size_bytes(segment));
  emit_tcp(segment, source, host, bytes);
  return bytes;
}

Words udp(Port to, const IpAddress& source, std::size_t text_bytes) {
  const Words text(text_bytes, 'x');
  const UdpDatagram datagram{.source_port = {4'000}, .destination_port = to, .payload = text};
  Words bytes(udp_size_bytes(datagram));
  emit_udp(datagram, source, host, bytes);
  return bytes;
}

Words icmp(IcmpType type, std::size_t text_bytes) {
  const Words text(text_bytes, 'x');
  const IcmpMessage message{static_cast<std::uint8_t>(type), 0, 1, text};
  Words bytes(icmp_size_bytes(message));
  emit_icmp(message, bytes);
  return bytes;
}

/// An engine on a link with 10.0.0.0/24, whose machine is 10.0.0.2, and who answers for 10.0.0.0/8.
class Strangers : public testing::Test {
 protected:
  Strangers() : engine(world(), settings()) {}

  static EngineSettings settings() {
    EngineSettings settings{
        .interfaces =
            {{.mac = own_mac,
              .networks = {{*parse_ip_prefix("10.0.0.0/24"), IpAddress::v4(10, 0, 0, 2)},
                           {*parse_ip_prefix("192.0.2.0/25"), IpAddress::v4(192, 0, 2, 2)}}},
             {.link_layer = LinkLayer::raw_ip,
              .networks = {{*parse_ip_prefix("172.16.0.0/30"), IpAddress::v4(172, 16, 0, 1)}}}},
        .host_key = {1, 2}};
    settings.claimed.add(*parse_ip_prefix("10.0.0.0/8"));
    return settings;
  }

  void send(std::uint8_t protocol, const IpAddress& source, const Words& payload,
            InterfaceId interface = {0}, bool more_fragments = false) {
    const IpDatagram header{.source = source,
                            .destination = host,
                            .protocol = protocol,
                            .more_fragments = more_fragments};
    Words bytes(ip_header_size_bytes(header));
    emit_ip_header(header, payload.size(), bytes);
    bytes.insert(bytes.end(), payload.begin(), payload.end());
    received_bytes += bytes.size();
    receive(interface, EtherType::ipv4, bytes);
  }
  void receive(InterfaceId interface, EtherType type, const Words& payload) {
    Words frame;
    if (interface.index == 0) {
      const wire::EthernetHeader header{type == EtherType::arp ? broadcast_mac : receiver, sender,
                                        static_cast<std::uint16_t>(type)};
      frame.resize(sizeof header);
      std::memcpy(frame.data(), &header, sizeof header);
    }
    frame.insert(frame.end(), payload.begin(), payload.end());
    engine.on_frame(now, interface, {.bytes = Bytes(frame), .vlan = vlan}, out);
    take();
  }
  void announce(const IpAddress& address) {
    Words bytes(arp_size_bytes);
    emit_arp({ArpOperation::request, visitor_mac, address, {}, address}, bytes);
    receive({0}, EtherType::arp, bytes);
  }
  void wait(Duration time) {
    const Instant end = now + time;
    while (engine.next_deadline() <= end) {
      now = std::max(now, engine.next_deadline());
      engine.on_time(now, out);
      take();
    }
    now = end;
  }
  void take() {
    engine.on_time(now, out);
    for (const Packet& packet : out.packets) {
      const LinkLayer layer = packet.interface.index == 0 ? LinkLayer::ethernet : LinkLayer::raw_ip;
      const auto decoded = decode_frame(packet.bytes(), layer);
      ASSERT_TRUE(decoded);
      sent_from = decoded->sender;
      sent_to = decoded->receiver;
      if (const auto* datagram = std::get_if<IpDatagram>(&decoded->content)) {
        ++sent;
        sent_bytes += datagram->whole.size();
      } else {
        ++asked;
      }
    }
    for (const ServiceCommand& command : out.services)
      if (const auto* open = std::get_if<OpenSession>(&command)) sessions.push_back(open->session);
    out.clear();
  }
  std::size_t answers_to(const IpAddress& source, InterfaceId interface = {0}) {
    const std::size_t before = sent;
    send(1, source, icmp(IcmpType::echo_request, 8), interface);
    return sent - before;
  }

  Engine engine;
  Instant now{seconds{1'700'000'000}};
  Outbox out;
  MacAddress sender = visitor_mac, receiver = own_mac;  // of frames that come in
  std::uint16_t vlan = 0;                               // theirs
  std::vector<SessionId> sessions;
  MacAddress sent_from, sent_to;    // of the last frame that left
  std::size_t sent = 0, asked = 0;  // datagrams; ARP requests and replies
  std::uint64_t received_bytes = 0, sent_bytes = 0;
};

TEST_F(Strangers, SomeSourcesGetNoAnswer) {
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

TEST_F(Strangers, FramesFromNobodyGetNoAnswer) {
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

TEST_F(Strangers, FramesToAllAreAnsweredAsLinuxDoes) {
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

TEST_F(Strangers, FramesOfAVlanAreLeftToItsInterface) {
  vlan = 7;
  EXPECT_EQ(answers_to(IpAddress::v4(192, 0, 2, 9)), 0U);
  EXPECT_EQ(engine.counters().of(DropReason::other_vlan), 1U);
  vlan = 0;  // no tag, or a priority only
  EXPECT_EQ(answers_to(IpAddress::v4(192, 0, 2, 9)), 1U);
}

TEST_F(Strangers, VisitorsAreWhereTheMachineReachesThem) {
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

TEST_F(Strangers, AMachineThatHasAClaimedAddressIsAnsweredOnceItWasHeardOf) {
  EXPECT_EQ(answers_to(machine), 0U);
  EXPECT_EQ(asked, 1U) << "who has it?";
  announce(machine);
  EXPECT_EQ(answers_to(machine), 1U);
}

TEST_F(Strangers, NobodyIsAskedForMoreThanNowAndThen) {
  for (int i = 0; i < 1'000; ++i) {
    EXPECT_EQ(answers_to(machine), 0U);
    wait(milliseconds{100});
  }
  EXPECT_LE(asked, 4U) << "two probes, and no more for ten minutes";
}

/// What somebody gets another flooded with who uses its address.
TEST_F(Strangers, NoProbeMakesAnAmplifier) {
  const IpAddress victim = IpAddress::v4(198, 51, 100, 9);
  const auto flag = [](int bits) { return static_cast<std::uint8_t>(bits); };
  const struct {
    const char* name;
    std::uint8_t protocol;
    Words payload;
    bool is_fragment = false;
  } probes[] = {
      {"SYN to a service", 6, tcp(tcp_flag::syn, {7}, victim)},
      {"SYN with data", 6, tcp(tcp_flag::syn, {7}, victim, 400)},
      {"SYN to a closed port", 6, tcp(tcp_flag::syn, {9}, victim)},
      {"ACK of no connection", 6, tcp(tcp_flag::ack, {7}, victim)},
      {"SYN FIN URG PSH", 6, tcp(flag(0x2b), {7}, victim)},
      {"no flags", 6, tcp(flag(0), {9}, victim)},
      {"RST", 6, tcp(tcp_flag::rst, {7}, victim)},
      {"empty datagram to a closed port", 17, udp({9}, victim, 0)},
      {"datagram to a closed port", 17, udp({9}, victim, 300)},
      {"small ping", 1, icmp(IcmpType::echo_request, 0)},
      {"large ping", 1, icmp(IcmpType::echo_request, 1'400)},
      {"timestamp request", 1, icmp(IcmpType::timestamp_request, 12)},
      {"unknown protocol", 253, Words(8, 'x')},
      {"first fragment", 17, udp({9}, victim, 16), true},
  };
  for (const auto& probe : probes) {
    constexpr std::uint64_t count = 2'000;
    sent_bytes = received_bytes = 0;
    const Instant began = now;
    for (std::uint64_t i = 0; i < count; ++i) {
      send(probe.protocol, victim, probe.payload, {0}, probe.is_fragment);
      wait(microseconds{50});
    }
    wait(minutes{5});
    const double unasked =
        Limits{}.reply_burst_bytes + Limits{}.reply_bytes_per_second * in_seconds(now - began);
    EXPECT_LE(static_cast<double>(sent_bytes),
              Limits{}.reply_factor * static_cast<double>(received_bytes) + unasked)
        << probe.name;
    EXPECT_LE(sent_bytes, 4 * received_bytes) << probe.name << ": SYN/ACKs are sent again";
  }
}

TEST_F(Strangers, AServiceThatSaysMuchOverUdpIsCutShort) {
  const IpAddress victim = IpAddress::v4(198, 51, 100, 9);
  const Words much(1'400, 'y');
  for (int i = 0; i < 2'000; ++i) {
    send(17, victim, udp({7}, victim, 1));
    ASSERT_FALSE(sessions.empty());
    engine.on_service(now, ServiceOutput{sessions.back(), much}, out);
    take();
    wait(microseconds{50});
  }
  EXPECT_LE(static_cast<double>(sent_bytes),
            Limits{}.reply_factor * static_cast<double>(received_bytes) +
                Limits{}.reply_burst_bytes + Limits{}.reply_bytes_per_second);
  EXPECT_GT(engine.counters().of(DropReason::would_amplify), 1'000U);
}

}  // namespace
}  // namespace apiary
