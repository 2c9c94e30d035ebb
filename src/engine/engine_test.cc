#include "engine/engine.h"

#include <gtest/gtest.h>

#include "honeynet/honeynet.h"
#include "wire/decode.h"
#include "wire/icmp.h"
#include "wire/tcp.h"

namespace apiary {
namespace {

using Words = std::vector<std::uint8_t>;

const IpAddress host = IpAddress::v4(10, 0, 0, 5), visitor = IpAddress::v4(192, 0, 2, 9);

AddressSet prefix(std::string_view text) {
  AddressSet set;
  set.add(*parse_ip_prefix(text));
  return set;
}

/// A machine whose IP IDs count up, with a service on port 7.
HostTemplatePtr machine(std::string personality = "Counting OS") {
  Personality counting = generic_personality();
  counting.name = std::move(personality);
  counting.ip_ids.tcp.kind = counting.ip_ids.icmp.kind = IpIdRule::Kind::incremental;
  counting.ip_ids.icmp_shares_tcp = false;
  HostTemplate result{.name = counting.name,
                      .personality = std::make_shared<const Personality>(std::move(counting))};
  result.tcp_default = Reset{};
  result.tcp_ports = {{Port{7}, std::make_shared<const ServiceSpec>(Script{"cat"})}};
  return std::make_shared<const HostTemplate>(std::move(result));
}

/// A honeynet version with a host of `host_template` at 10.0.0.5; null: no host.
HoneynetVersion world(HostTemplatePtr host_template, std::string_view claimed = "10.0.0.0/8",
                      Topology topology = {}) {
  Honeynet::Parts parts{.topology = std::move(topology), .router_template = machine()};
  if (host_template != nullptr) parts.hosts = HostMap({{{host, host}, std::move(host_template)}});
  return {std::make_shared<const Honeynet>(std::move(parts)), prefix(claimed)};
}

/// An engine and its output.
class EngineTest : public testing::Test {
 protected:
  std::vector<IpDatagram> send(IpProtocol protocol, const Words& payload) {
    const IpDatagram header{
        .source = visitor, .destination = host, .protocol = static_cast<std::uint8_t>(protocol)};
    Words bytes(ip_header_size_bytes(header));
    emit_ip_header(header, payload.size(), bytes);
    bytes.insert(bytes.end(), payload.begin(), payload.end());
    engine.on_frame(now, {}, {bytes}, out);
    return answers();
  }
  std::vector<IpDatagram> ping() {
    const IcmpMessage echo{static_cast<std::uint8_t>(IcmpType::echo_request), 0, 1, {}};
    Words bytes(icmp_size_bytes(echo));
    emit_icmp(echo, bytes);
    return send(IpProtocol::icmp, bytes);
  }
  std::vector<IpDatagram> send_tcp(std::uint8_t flags, std::string_view text = {}) {
    const TcpSegment segment{.source_port = {4'000},
                             .destination_port = {7},
                             .sequence = sequence,
                             .acknowledgment = acknowledgment,
                             .flags = flags,
                             .window = 65'535,
                             .payload = as_bytes(text)};
    sequence = sequence + segment.length();
    Words bytes(tcp_size_bytes(segment));
    emit_tcp(segment, visitor, host, bytes);
    return send(IpProtocol::tcp, bytes);
  }
  /// The service writes `text`; returns the packets that follow.
  std::vector<IpDatagram> say(std::string_view text) {
    engine.on_service(now, ServiceOutput{session, as_bytes(text)}, out);
    return answers();
  }
  void connect() {
    const auto syn_ack = send_tcp(tcp_flag::syn);
    ASSERT_EQ(syn_ack.size(), 1U);
    acknowledgment = parse_tcp(syn_ack[0].payload)->sequence + 1;
    send_tcp(tcp_flag::ack);
    ASSERT_EQ(services.size(), 1U);
    session = std::get<OpenSession>(services[0]).session;
  }
  /// Whether the connection still carries bytes in both directions.
  bool converses() {
    (void)send_tcp(tcp_flag::ack | tcp_flag::psh, "question");
    if (services.size() != 1 || !std::holds_alternative<DeliverInput>(services[0])) return false;
    const auto answer = say("answer");
    if (answer.size() != 1) return false;
    const auto segment = parse_tcp(answer[0].payload);
    if (!segment || segment->sequence != acknowledgment) return false;
    acknowledgment = acknowledgment + segment->length();
    send_tcp(tcp_flag::ack);
    return segment->payload.size() == 6;
  }

  std::vector<IpDatagram> answers() {
    now += milliseconds{1};
    engine.on_time(now, out);
    sent = std::move(out.packets);
    services = std::move(out.services);
    out.packets.clear();
    out.services.clear();
    out.events.clear();
    std::vector<IpDatagram> datagrams;
    for (const Packet& packet : sent)
      datagrams.push_back(
          std::get<IpDatagram>(decode_frame(packet.bytes(), LinkLayer::raw_ip).value().content));
    return datagrams;
  }
  /// The IP ID of an echo reply; -1 if there is none.
  int ping_id() {
    const auto answer = ping();
    return answer.empty() ? -1 : answer[0].identification;
  }

  Engine engine{world(machine()).honeynet,
                {.interfaces = {{LinkLayer::raw_ip, {}, 1500}},
                 .claimed = prefix("10.0.0.0/8"),
                 .host_key = {1, 2}}};
  Instant now{seconds{1'700'000'000}};
  Outbox out;
  std::vector<Packet> sent;
  std::vector<ServiceCommand> services;
  SessionId session;
  SeqNumber sequence{1'000}, acknowledgment;
};

TEST_F(EngineTest, AdoptGivesBackTheWorldThatWas) {
  HoneynetVersion next = world(machine(), "10.0.0.0/24");
  const std::weak_ptr<const Honeynet> before = engine.honeynet();
  HoneynetVersion old = engine.adopt(next);
  EXPECT_EQ(engine.honeynet(), next.honeynet);
  EXPECT_EQ(to_string(engine.claimed()), "10.0.0.0/24");
  EXPECT_EQ(to_string(old.claimed), "10.0.0.0/8");
  EXPECT_EQ(old.honeynet, before.lock());
  old = {};
  EXPECT_TRUE(before.expired()) << "nothing else may hold it: to let it go takes long";
}

TEST_F(EngineTest, AHostOfTheSameSystemContinuesItsSequences) {
  const int first = ping_id();
  EXPECT_EQ(ping_id(), first + 1);
  engine.adopt(world(machine()));
  EXPECT_EQ(ping_id(), first + 2);
  engine.adopt(world(machine("Other OS")));
  EXPECT_EQ(ping_id(), first) << "another system begins where the host's hash says";
  engine.adopt(world(machine("Other OS")));
  EXPECT_EQ(ping_id(), first + 1);
}

TEST_F(EngineTest, NobodyIsWhereAHostWasTakenAway) {
  engine.adopt(world(nullptr));
  EXPECT_TRUE(ping().empty());
  EXPECT_TRUE(send_tcp(tcp_flag::syn).empty());
  EXPECT_EQ(engine.counters().of(DropReason::no_host), 2U);
}

TEST_F(EngineTest, WhatIsNoLongerClaimedIsNotAnswered) {
  engine.adopt(world(machine(), "10.0.0.64/26"));
  EXPECT_TRUE(ping().empty());
  EXPECT_EQ(engine.counters().of(DropReason::not_claimed), 1U);
}

TEST_F(EngineTest, ConnectionsLiveOnInAnotherWorld) {
  struct Case {
    std::string_view name;
    HoneynetVersion next;
  };
  for (const Case& c :
       {Case{"the same", world(machine())}, Case{"another system", world(machine("Other OS"))},
        Case{"nobody at its address", world(nullptr)}}) {
    SCOPED_TRACE(c.name);
    engine.adopt(world(machine()));
    connect();
    EXPECT_TRUE(converses());
    engine.adopt(c.next);
    EXPECT_TRUE(converses());
    EXPECT_EQ(engine.connections(), 1U);
    send_tcp(tcp_flag::rst | tcp_flag::ack);
    EXPECT_EQ(engine.connections(), 0U);
  }
}

TEST_F(EngineTest, AConnectionOfAnotherSystemDoesNotDisturbItsHost) {
  connect();
  engine.adopt(world(machine("Other OS")));
  const int first = ping_id();
  EXPECT_TRUE(converses());
  EXPECT_EQ(ping_id(), first + 1);
}

TEST_F(EngineTest, AnEndedConversationDoesNotBringBackAHost) {
  connect();
  engine.adopt(world(nullptr));
  EXPECT_EQ(send_tcp(tcp_flag::fin | tcp_flag::ack).size(), 1U);
  const SessionId ended = session;
  engine.on_service(now, OutputEnded{ended}, out);
  EXPECT_EQ(answers().size(), 1U);
  acknowledgment = acknowledgment + 1;
  send_tcp(tcp_flag::ack);
  EXPECT_EQ(engine.connections(), 0U);
  EXPECT_TRUE(send_tcp(tcp_flag::syn).empty());
}

/// 10.0.0.5 behind a link with this latency in milliseconds and a queue.
Topology behind_link(int latency_ms) {
  const IpAddress entry = IpAddress::v4(10, 0, 1, 1), router = IpAddress::v4(10, 0, 0, 1);
  const IpPrefix all = *parse_ip_prefix("10.0.0.0/8"), near = *parse_ip_prefix("10.0.0.0/24");
  return Topology::build({.entries = {{entry, all}},
                          .direct = {{router, near}},
                          .next_hops = {{entry,
                                         near,
                                         router,
                                         {.latency = milliseconds{latency_ms},
                                          .bits_per_second = 1'000'000'000}}}})
      .value();
}

TEST_F(EngineTest, PacketsUnderWayGoOnOverAReload) {
  engine.adopt(world(machine(), "10.0.0.0/8", behind_link(50)));
  EXPECT_TRUE(ping().empty());
  HoneynetVersion old = engine.adopt(world(machine(), "10.0.0.0/8", behind_link(500)));
  old = {};  // destroys the topology of the packets in flight
  now += milliseconds{48};
  EXPECT_TRUE(answers().empty());
  now += milliseconds{52};
  EXPECT_EQ(answers().size(), 1U) << "in the time they had left";
}

TEST_F(EngineTest, AConversationTakesTheWayOfThePresentTopology) {
  connect();
  engine.adopt(world(machine(), "10.0.0.0/8", behind_link(50)));
  EXPECT_TRUE(say("a").empty());
  now += milliseconds{98};
  EXPECT_TRUE(answers().empty());
  now += milliseconds{2};
  EXPECT_EQ(answers().size(), 1U) << "after the delay of the inbound and the outbound path";
  engine.adopt(world(
      machine(), "10.0.0.0/8",
      Topology::build({.entries = {{IpAddress::v4(10, 0, 1, 1), *parse_ip_prefix("10.0.0.0/8")}},
                       .direct = {},
                       .next_hops = {}})
          .value()));
  say("b");
  now += seconds{1};
  EXPECT_TRUE(answers().empty()) << "no route leads to it any more";
  EXPECT_GT(engine.counters().of(DropReason::lost_on_link), 0U);
}

TEST_F(EngineTest, ListsTheLatestConversations) {
  EXPECT_TRUE(engine.conversations(10).latest.empty());
  connect();
  EXPECT_TRUE(converses());
  const auto [latest, total] = engine.conversations(10);
  ASSERT_EQ(latest.size(), 1U);
  EXPECT_EQ(total, 1U);
  EXPECT_EQ(to_string(latest[0].flow.local), "10.0.0.5:7");
  EXPECT_EQ(latest[0].state, "ESTABLISHED");
  EXPECT_EQ(latest[0].template_name, "Counting OS");
  EXPECT_EQ(latest[0].received_bytes, 8U);
  EXPECT_EQ(latest[0].sent_bytes, 6U);
  EXPECT_TRUE(engine.conversations(0).latest.empty());
}

TEST_F(EngineTest, LeavesAnAddressToTheMachineWithoutAWord) {
  connect();
  ASSERT_TRUE(converses());
  engine.on_service(now, ServiceOutput{session, as_bytes("in flight")}, out);
  engine.leave_to_machine(now, prefix("10.0.0.5"), out);
  EXPECT_TRUE(answers().empty()) << "not even what is in flight";
  ASSERT_EQ(services.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<CloseSession>(services[0])) << "its service ends";
  EXPECT_EQ(engine.connections(), 0U);
  EXPECT_FALSE(engine.claimed().contains(host));
  EXPECT_TRUE(engine.claimed().contains(IpAddress::v4(10, 0, 0, 6)));
  EXPECT_TRUE(ping().empty());
  EXPECT_TRUE(send_tcp(tcp_flag::ack | tcp_flag::psh, "question").empty()) << "not even a reset";
  now += minutes{10};
  EXPECT_TRUE(answers().empty()) << "and nothing is sent again";

  engine.adopt({engine.honeynet(), prefix("10.0.0.0/8")});
  EXPECT_EQ(ping().size(), 1U);
}

TEST_F(EngineTest, FollowsTheMtuOfItsInterface) {
  const Words payload(1'400, std::uint8_t{1});
  const IcmpMessage echo{static_cast<std::uint8_t>(IcmpType::echo_request), 0, 1, payload};
  Words bytes(icmp_size_bytes(echo));
  emit_icmp(echo, bytes);
  EXPECT_EQ(send(IpProtocol::icmp, bytes).size(), 1U);
  InterfaceSettings narrow = engine.interfaces()[0];
  narrow.mtu_bytes = 700;
  engine.change_interface({}, narrow);
  const auto fragments = send(IpProtocol::icmp, bytes);
  EXPECT_EQ(fragments.size(), 3U);
  for (const IpDatagram& fragment : fragments) EXPECT_LE(fragment.whole.size(), 700U);

  const TcpSegment syn{.source_port = {4'000},
                       .destination_port = {7},
                       .sequence = {1},
                       .flags = tcp_flag::syn,
                       .window = 65'535};
  Words segment(tcp_size_bytes(syn));
  emit_tcp(syn, visitor, host, segment);
  const auto syn_ack = send(IpProtocol::tcp, segment);
  ASSERT_EQ(syn_ack.size(), 1U);
  const auto answer = parse_tcp(syn_ack[0].payload);
  ASSERT_TRUE(answer);
  const auto options = parse_tcp_options(answer->options);
  if (options.mss) {
    EXPECT_LE(*options.mss, 660U);
  }
}

}  // namespace
}  // namespace apiary
