// Broadcasts on a link: their events and their limits. tests/conversations/udp tests who answers.
#include <gtest/gtest.h>

#include "engine/engine.h"
#include "honeynet/honeynet.h"
#include "wire/decode.h"
#include "wire/icmp.h"
#include "wire/udp.h"

namespace apiary {
namespace {

constexpr MacAddress everybody{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
constexpr MacAddress visitor_mac{{2, 0, 0, 0, 0, 1}}, own_mac{{2, 0, 0, 0, 0, 0xfe}};
const IpAddress visitor = IpAddress::v4(10, 0, 0, 254), all = IpAddress::v4(10, 0, 0, 255);

HostTemplatePtr machine(std::uint16_t service_port) {
  auto host_template = std::make_shared<HostTemplate>();
  host_template->name = "machine";
  host_template->personality = std::make_shared<Personality>();
  host_template->udp_ports[{service_port}] = std::make_shared<const ServiceSpec>(Script{"cat"});
  return host_template;
}

class BroadcastTest : public testing::Test {
 protected:
  static EngineSettings settings() {
    EngineSettings settings{.interfaces = {{LinkLayer::ethernet, own_mac, 1500}},
                            .arp = ArpMode::force,
                            .host_key = {1, 2}};
    settings.interfaces[0].networks = {
        {*parse_ip_prefix("10.0.0.0/24"), IpAddress::v4(10, 0, 0, 2)}};
    settings.claimed.add(*parse_ip_prefix("10.0.0.16/28"));
    settings.claimed.add(*parse_ip_prefix("10.7.0.0/16"));
    return settings;
  }
  static std::shared_ptr<const Honeynet> honeynet(const HostTemplatePtr& host_template) {
    return std::make_shared<const Honeynet>(
        Honeynet::Parts{.topology = {},
                        .hosts = HostMap({{*parse_address_range("10.0.0.16/28"), host_template},
                                          {*parse_address_range("10.7.0.0/16"), host_template}}),
                        .router_template = host_template});
  }

  void send(IpProtocol protocol, std::span<const std::uint8_t> payload) {
    const IpDatagram header{.source = visitor,
                            .destination = all,
                            .protocol = static_cast<std::uint8_t>(protocol),
                            .hop_limit = 64};
    std::vector<std::uint8_t> frame(14 + ip_header_size_bytes(header) + payload.size());
    std::ranges::copy(everybody.bytes, frame.begin());
    std::ranges::copy(visitor_mac.bytes, frame.begin() + 6);
    frame[12] = 8;
    emit_ip_header(header, payload.size(), std::span(frame).subspan(14));
    std::ranges::copy(payload, frame.end() - static_cast<std::ptrdiff_t>(payload.size()));
    engine.on_frame(now, InterfaceId{0}, ReceivedFrame{frame}, out);
  }
  void send_udp(std::uint16_t port) {
    const UdpDatagram udp{
        .source_port = {4000}, .destination_port = {port}, .payload = as_bytes("hi")};
    std::vector<std::uint8_t> bytes(udp_size_bytes(udp));
    emit_udp(udp, visitor, all, bytes);
    send(IpProtocol::udp, bytes);
  }
  template <class Kind>
  std::size_t count() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        out.events, [](const EngineEvent& event) { return std::holds_alternative<Kind>(event); }));
  }

  Engine engine{honeynet(machine(137)), settings()};
  Instant now{seconds{1'700'000'000}};
  Outbox out;
};

TEST_F(BroadcastTest, IsAContactWhicheverHostReceivesIt) {
  send_udp(999);
  ASSERT_EQ(out.events.size(), 1U);
  const auto& probed = std::get<ProbeReceived>(out.events[0]);
  EXPECT_EQ(probed.type, ProbeType::datagram);
  EXPECT_EQ(to_string(probed.flow.local), "10.0.0.255:999");
  EXPECT_EQ(to_string(probed.flow.remote), "10.0.0.254:4000");
  EXPECT_EQ(probed.payload.size(), 2U);
  EXPECT_EQ(engine.counters().of(DropReason::no_host), 1U);

  out.clear();
  send_udp(137);
  EXPECT_EQ(count<FlowOpened>(), 16U) << "those of the link's network, and no others";
  EXPECT_EQ(count<ProbeReceived>(), 0U);
}

TEST_F(BroadcastTest, AnEchoRequestIsAContactAndIsNotAnswered) {
  const IcmpMessage echo{static_cast<std::uint8_t>(IcmpType::echo_request), 0, 1, {}};
  std::vector<std::uint8_t> bytes(icmp_size_bytes(echo));
  emit_icmp(echo, bytes);
  send(IpProtocol::icmp, bytes);
  ASSERT_EQ(out.events.size(), 1U);
  EXPECT_EQ(std::get<ProbeReceived>(out.events[0]).type, ProbeType::echo_request);
  engine.on_time(now + seconds{1}, out);
  EXPECT_TRUE(out.packets.empty());
}

TEST_F(BroadcastTest, AFloodOfBroadcastsIsRateLimited) {
  const Limits limits;
  std::size_t opened = 0, probed = 0;
  for (int i = 0; i < 5'000; ++i) {
    send_udp(i % 2 == 0 ? 137 : 999);
    opened += count<FlowOpened>();
    probed += count<ProbeReceived>();
    const std::vector<ServiceCommand> commands = out.services;
    for (const ServiceCommand& command : commands)
      if (const auto* open = std::get_if<OpenSession>(&command))
        engine.on_service(now, OutputEnded{open->session}, out);  // the next datagram opens another
    out.clear();
    now += microseconds{200};
  }
  EXPECT_LE(opened, 2 * limits.broadcast_receivers + 100 + 1);
  EXPECT_GT(opened, limits.broadcast_receivers);
  EXPECT_LE(probed, 3 * 200U + 1);
  EXPECT_GT(engine.counters().of(DropReason::broadcast_limit), 4'000U);
}

TEST_F(BroadcastTest, WhatAManyHostsSayStaysWithinTheVisitorsAccount) {
  send_udp(137);
  std::size_t bytes = 0;
  const std::vector<ServiceCommand> commands = out.services;
  const std::vector<std::uint8_t> large(1'400);
  for (int round = 0; round < 10; ++round)
    for (const ServiceCommand& command : commands)
      if (const auto* open = std::get_if<OpenSession>(&command))
        engine.on_service(now, ServiceOutput{open->session, large}, out);
  engine.on_time(now + milliseconds{10}, out);
  for (const Packet& packet : out.packets) bytes += packet.bytes().size();
  EXPECT_LE(bytes, 34'000U) << "a burst and three times what came, for all hosts together";
  EXPECT_GT(engine.counters().of(DropReason::would_amplify), 100U);

  const std::size_t sent = out.packets.size();
  for (const ServiceCommand& command : commands)
    if (const auto* open = std::get_if<OpenSession>(&command))
      engine.on_service(now, OutputEnded{open->session}, out);
  std::size_t sent_bytes = 0;
  for (const EngineEvent& event : out.events)
    if (const auto* closed = std::get_if<FlowClosed>(&event)) sent_bytes += closed->sent_bytes;
  EXPECT_EQ(sent_bytes, sent * large.size()) << "what was dropped counts as sent";
}

}  // namespace
}  // namespace apiary
