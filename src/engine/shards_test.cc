// Several engines, each with a share of the hosts. All receive ARP messages and broadcasts.
#include <gtest/gtest.h>

#include "engine/engine.h"
#include "honeynet/honeynet.h"
#include "wire/arp.h"
#include "wire/decode.h"
#include "wire/ethernet.h"
#include "wire/udp.h"

namespace apiary {
namespace {

constexpr std::size_t shard_count = 3;
constexpr MacAddress visitor_mac{{2, 0, 0, 0, 0, 1}}, own_mac{{2, 0, 0, 0, 0, 0xfe}};
constexpr std::uint8_t first_host = 16, last_host = 31;
constexpr Port service_port{137};

IpAddress host(std::uint8_t number) { return IpAddress::v4(10, 0, 0, number); }

std::size_t owner_of(const IpAddress& address) {
  return ShardShare{0, shard_count}.owner_of(address);
}

std::shared_ptr<const Honeynet> honeynet_of() {
  auto machine = std::make_shared<HostTemplate>();
  machine->name = "machine";
  machine->personality = std::make_shared<Personality>(generic_personality());
  machine->udp_ports[service_port] = std::make_shared<const ServiceSpec>(Script{"cat"});
  return std::make_shared<const Honeynet>(
      Honeynet::Parts{.hosts = HostMap({{*parse_address_range("10.0.0.16/28"), machine}}),
                      .router_template = machine});
}

class ShardsTest : public testing::Test {
 protected:
  explicit ShardsTest(ArpMode arp = ArpMode::force) {
    EngineSettings settings{
        .interfaces = {{LinkLayer::ethernet, own_mac, 1500}}, .arp = arp, .host_key = {1, 2}};
    settings.interfaces[0].networks = {{*parse_ip_prefix("10.0.0.0/24"), host(2)}};
    settings.claimed.add(*parse_ip_prefix("10.0.0.16/28"));
    for (std::size_t i = 0; i < shard_count; ++i)
      engines.push_back(std::make_unique<Engine>(honeynet_of(), settings.of_shard(i, shard_count)));
  }

  static std::vector<std::uint8_t> frame_of(const MacAddress& receiver, EtherType type,
                                            std::span<const std::uint8_t> payload) {
    const wire::EthernetHeader header{receiver, visitor_mac, static_cast<std::uint16_t>(type)};
    std::vector<std::uint8_t> frame(sizeof header + payload.size());
    std::memcpy(frame.data(), &header, sizeof header);
    std::ranges::copy(payload, frame.begin() + sizeof header);
    return frame;
  }
  /// All engines receive the frame.
  void send(const std::vector<std::uint8_t>& frame) {
    for (std::size_t i = 0; i < engines.size(); ++i) {
      engines[i]->on_frame(now, {0}, ReceivedFrame{Bytes(frame)}, outs[i]);
      engines[i]->on_time(now, outs[i]);
    }
  }
  void send_arp(const ArpMessage& message) {
    std::vector<std::uint8_t> bytes(arp_size_bytes);
    emit_arp(message, bytes);
    send(frame_of(broadcast_mac, EtherType::arp, bytes));
  }
  void send_broadcast(Port port) {
    const IpAddress visitor = host(254), everybody = host(255);
    const UdpDatagram udp{
        .source_port = {4000}, .destination_port = port, .payload = as_bytes("hi")};
    const IpDatagram header{.source = visitor,
                            .destination = everybody,
                            .protocol = static_cast<std::uint8_t>(IpProtocol::udp),
                            .hop_limit = 64};
    std::vector<std::uint8_t> bytes(ip_header_size_bytes(header) + udp_size_bytes(udp));
    const auto payload = std::span(bytes).subspan(ip_header_size_bytes(header));
    emit_ip_header(header, payload.size(), bytes);
    emit_udp(udp, visitor, everybody, payload);
    send(frame_of(broadcast_mac, EtherType::ipv4, bytes));
  }

  /// The number of `Event`s of all shards.
  template <class Event>
  std::size_t events() const {
    std::size_t count = 0;
    for (const Outbox& out : outs)
      for (const EngineEvent& event : out.events) count += std::holds_alternative<Event>(event);
    return count;
  }
  Counters counters() const {
    Counters sum;
    for (const auto& engine : engines) sum.add(engine->counters());
    return sum;
  }

  Instant now{seconds{1'000'000}};
  std::vector<std::unique_ptr<Engine>> engines;
  std::array<Outbox, shard_count> outs;
};

TEST_F(ShardsTest, OneShardAnswersAnArpRequest) {
  for (std::uint8_t number = first_host; number <= last_host; ++number) {
    SCOPED_TRACE(int{number});
    send_arp({ArpOperation::request, visitor_mac, host(254), {}, host(number)});
    now += seconds{1};
    for (std::size_t i = 0; i < shard_count; ++i) {
      engines[i]->on_time(now, outs[i]);
      EXPECT_EQ(outs[i].packets.size(), owner_of(host(number)) == i ? 1U : 0U);
      outs[i].clear();
    }
  }
  EXPECT_EQ(counters().received.all_packets(), last_host - first_host + 1U) << "each counted once";
}

TEST_F(ShardsTest, OneShardReportsARealMachine) {
  send_arp({ArpOperation::request, visitor_mac, host(20), {}, host(20)});
  EXPECT_EQ(events<AddressInUse>(), 1U);
}

TEST_F(ShardsTest, EachHostReceivesABroadcastOnce) {
  send_broadcast(service_port);
  now += seconds{1};
  std::vector<IpAddress> receivers;
  for (std::size_t i = 0; i < shard_count; ++i)
    for (const EngineEvent& event : outs[i].events)
      if (const auto* const opened = std::get_if<FlowOpened>(&event)) {
        receivers.push_back(opened->flow.local.address);
        EXPECT_EQ(owner_of(receivers.back()), i);
      }
  std::ranges::sort(receivers);
  ASSERT_EQ(receivers.size(), last_host - first_host + 1U);
  for (std::uint8_t number = first_host; number <= last_host; ++number)
    EXPECT_EQ(receivers[number - first_host], host(number));
  EXPECT_EQ(counters().received.all_packets(), 1U);
}

TEST_F(ShardsTest, ABroadcastThatNoHostAnswersIsReportedOnce) {
  send_broadcast({9});
  EXPECT_EQ(events<ProbeReceived>(), 1U);
  EXPECT_EQ(counters().of(DropReason::no_host), 1U);
}

}  // namespace
}  // namespace apiary
