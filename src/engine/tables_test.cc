// The tables that unvalidated peers can fill: each keeps its limit and counts evictions.
#include <gtest/gtest.h>

#include <cstring>

#include "engine/engine.h"
#include "engine/external_forwarder.h"
#include "honeynet/honeynet.h"
#include "lan/neighbour_monitor.h"
#include "wire/decode.h"
#include "wire/ethernet.h"
#include "wire/icmp.h"
#include "wire/tcp.h"
#include "wire/udp.h"

namespace apiary {
namespace {

using Words = std::vector<std::uint8_t>;

constexpr std::uint32_t most = 8, visitors = 20;
const MacAddress own_mac{{2, 0, 0, 0, 0, 1}}, visitor_mac{{2, 0, 0, 0, 0, 9}};

IpAddress host_of(std::uint32_t number) { return IpAddress::v4((10U << 24) + 256 + number); }
/// Each has its own /24.
IpAddress visitor_of(std::uint32_t number) { return IpAddress::v4((198U << 24) + 256 * number); }

class Tables : public testing::Test {
 protected:
  void start(const Limits& limits, ArpMode arp = ArpMode::force) {
    Personality personality = generic_personality();
    personality.error_allowance = {.burst = 10, .per_second = 10};
    HostTemplate host_template{.personality =
                                   std::make_shared<const Personality>(std::move(personality))};
    host_template.tcp_ports = {{Port{9}, TarpitAction{}}};
    host_template.udp_ports = {{Port{7}, std::make_shared<const ServiceSpec>(BuiltIn::echo)}};
    EngineSettings settings{
        .interfaces = {{.mac = own_mac}}, .arp = arp, .limits = limits, .host_key = {1, 2}};
    settings.claimed.add(*parse_ip_prefix("10.0.0.0/8"));
    engine.emplace(
        std::make_shared<const Honeynet>(Honeynet::Parts{
            .default_template = std::make_shared<const HostTemplate>(std::move(host_template))}),
        settings);
  }
  void receive(EtherType type, const Words& payload) {
    const wire::EthernetHeader header{own_mac, visitor_mac, static_cast<std::uint16_t>(type)};
    Words frame(sizeof header);
    std::memcpy(frame.data(), &header, sizeof header);
    frame.insert(frame.end(), payload.begin(), payload.end());
    now += milliseconds{1};
    engine->on_frame(now, {}, {.bytes = Bytes(frame)}, out);
    engine->on_time(now, out);
    for (const Packet& packet : out.packets) note_answer(packet.bytes());
    out.clear();
  }
  void note_answer(Bytes frame) {
    const auto decoded = decode_frame(frame, LinkLayer::ethernet);
    const auto* const datagram = std::get_if<IpDatagram>(&decoded->content);
    if (datagram == nullptr || !datagram->is(IpProtocol::tcp)) return;
    if (const auto segment = parse_tcp(datagram->payload)) answered = segment->sequence;
  }
  void send(IpProtocol protocol, const IpAddress& from, const IpAddress& to, const Words& payload) {
    const IpDatagram header{
        .source = from, .destination = to, .protocol = static_cast<std::uint8_t>(protocol)};
    Words bytes(ip_header_size_bytes(header));
    emit_ip_header(header, payload.size(), bytes);
    bytes.insert(bytes.end(), payload.begin(), payload.end());
    receive(EtherType::ipv4, bytes);
  }
  void send_udp(const IpAddress& from, const IpAddress& to, Port port) {
    const UdpDatagram datagram{.source_port = {4'000}, .destination_port = port};
    Words bytes(udp_size_bytes(datagram));
    emit_udp(datagram, from, to, bytes);
    send(IpProtocol::udp, from, to, bytes);
  }
  void send_syn(const IpAddress& from, const IpAddress& to, Port port) {
    send_segment(from, to, port, tcp_flag::syn, {1'000}, {});
  }
  void send_segment(const IpAddress& from, const IpAddress& to, Port port, std::uint8_t flags,
                    SeqNumber sequence, SeqNumber acknowledgment) {
    const TcpSegment segment{.source_port = {4'000},
                             .destination_port = port,
                             .sequence = sequence,
                             .acknowledgment = acknowledgment,
                             .flags = flags,
                             .window = 65'535};
    Words bytes(tcp_size_bytes(segment));
    emit_tcp(segment, from, to, bytes);
    send(IpProtocol::tcp, from, to, bytes);
  }
  void ask_for(const IpAddress& address) {
    Words bytes(arp_size_bytes);
    emit_arp({ArpOperation::request, visitor_mac, visitor_of(0), {}, address}, bytes);
    receive(EtherType::arp, bytes);
  }
  /// Expects the table of that name to be full, and the other entries to be evicted.
  void expect_full(std::string_view name) const {
    const auto tables = engine->tables();
    const auto found = std::ranges::find(tables, name, &TableUse::name);
    ASSERT_NE(found, tables.end()) << name;
    EXPECT_EQ(found->entries, most) << name;
    EXPECT_EQ(found->most, most) << name;
    EXPECT_EQ(found->evictions, visitors - most) << name;
  }

  std::optional<Engine> engine;
  Instant now{seconds{1'700'000'000}};
  Outbox out;
  SeqNumber answered;  // of the last segment that a host sent
};

TEST_F(Tables, AHostNotSpokenToForLongestIsForgotten) {
  start({.hosts = most});
  for (std::uint32_t i = 0; i < visitors; ++i) send_udp(visitor_of(0), host_of(i), {9});
  expect_full("hosts");
}

TEST_F(Tables, TheLongestSilentUdpFlowIsEvicted) {
  start({.udp_flows = most});
  for (std::uint32_t i = 0; i < visitors; ++i) send_udp(visitor_of(i), host_of(0), {7});
  expect_full("udp_flows");
}

TEST_F(Tables, TheLongestTarpittedIsEvicted) {
  start({.half_open_connections = most});
  for (std::uint32_t i = 0; i < visitors; ++i) send_syn(visitor_of(i), host_of(0), {9});
  const auto tables = engine->tables();
  const auto found = std::ranges::find(tables, "tarpit_connections", &TableUse::name);
  ASSERT_NE(found, tables.end());
  EXPECT_EQ(found->entries, most);
  EXPECT_EQ(found->evictions, visitors - most);
}

TEST_F(Tables, ConversationsInATarpitAreCountedAsTheyAreListed) {
  start({});
  for (std::uint32_t i = 0; i < 3; ++i) {
    send_syn(visitor_of(i), host_of(0), {9});
    if (i > 0) send_segment(visitor_of(i), host_of(0), {9}, tcp_flag::ack, {1'001}, answered + 1);
  }
  EXPECT_EQ(engine->conversations(10).latest.size(), 2U) << "of three, one has no handshake";
  EXPECT_EQ(engine->conversations(10).total, 2U);
  EXPECT_EQ(engine->conversations(1).total, 2U);
}

TEST_F(Tables, TheOldestHalfOpenConnectionIsEvicted) {
  start({.half_open_connections = most});
  for (std::uint32_t i = 0; i < visitors; ++i) send_syn(visitor_of(i), host_of(0), {80});
  expect_full("half_open_connections");
}

TEST_F(Tables, TheOwnerOfAnAddressOnTheLinkIsForgotten) {
  start({.arp_entries = most}, ArpMode::ask_first);
  for (std::uint32_t i = 0; i < visitors; ++i) ask_for(host_of(i));
  expect_full("arp_entries");
}

TEST_F(Tables, TheLongestSilentNeighbourIsEvicted) {
  NeighbourMonitor neighbours({.neighbours = most}, {1, 2}, Random{1});
  const Egress from{{}, visitor_mac, own_mac};
  neighbours.on_arp(now, {ArpOperation::request, visitor_mac, visitor_of(0), {}, host_of(0)});
  for (std::uint32_t i = 0; i < visitors; ++i)
    neighbours.on_datagram(now, from,
                           {.address = host_of(i),
                            .mac = own_mac,
                            .arp = {.verifies_neighbours = true},
                            .has_nic = true},
                           false);
  EXPECT_EQ(neighbours.use().evictions, visitors - most);
  EXPECT_EQ(neighbours.use().entries, most);
}

TEST_F(Tables, AHostsShareOfErrorsIsForgotten) {
  start({.icmp_allowances = most});
  for (std::uint32_t i = 0; i < visitors; ++i) send_udp(visitor_of(0), host_of(i), {9});
  expect_full("icmp_allowances");
}

TEST_F(Tables, AVisitorOfPhysicalHostsIsForgotten) {
  const Honeynet nobody(Honeynet::Parts{});
  ExternalForwarder forwarder({.forwarded_visitors = most}, {1, 2}, nobody, {});
  for (std::uint32_t i = 0; i < visitors; ++i) forwarder.note_visitor(visitor_of(i), {});
  EXPECT_EQ(forwarder.use().entries, most);
  EXPECT_EQ(forwarder.use().evictions, visitors - most);
  EXPECT_EQ(forwarder.way_to(visitor_of(0)), nullptr)
      << "no answer goes to him until he asks again";
  EXPECT_NE(forwarder.way_to(visitor_of(visitors - 1)), nullptr);
}

TEST_F(Tables, RepliesToANetworkOverUdpAndIcmpHaveARate) {
  start({.reply_factor = 1'000, .datagram_bytes_per_second = 10'000});
  const Words text(972, 'x');
  const IcmpMessage echo{static_cast<std::uint8_t>(IcmpType::echo_request), 0, 1, text};
  Words bytes(icmp_size_bytes(echo));
  emit_icmp(echo, bytes);
  for (int i = 0; i < 100; ++i) send(IpProtocol::icmp, visitor_of(1), host_of(0), bytes);
  EXPECT_GE(engine->counters().of(DropReason::would_amplify), 80U);
  EXPECT_LE(engine->counters().sent.all_bytes(), 20'000U);
  const std::uint64_t before = engine->counters().of(DropReason::would_amplify);
  send(IpProtocol::icmp, visitor_of(2), host_of(0), bytes);
  EXPECT_EQ(engine->counters().of(DropReason::would_amplify), before) << "another network";
}

}  // namespace
}  // namespace apiary
