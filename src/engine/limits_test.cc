// The limits of what unvalidated peers can make the engine hold.
#include <gtest/gtest.h>

#include "engine/engine.h"
#include "honeynet/honeynet.h"
#include "wire/decode.h"
#include "wire/tcp.h"

namespace apiary {
namespace {

const IpAddress host = IpAddress::v4(10, 0, 0, 5);

std::shared_ptr<const Honeynet> world() {
  HostTemplate machine{.name = "machine",
                       .personality = std::make_shared<const Personality>(generic_personality())};
  machine.tcp_ports = {{Port{7}, std::make_shared<const ServiceSpec>(Script{"cat"})}};
  return std::make_shared<const Honeynet>(Honeynet::Parts{
      .default_template = std::make_shared<const HostTemplate>(std::move(machine))});
}

/// Visitors by number, each with its own address, and the engine's answers.
class LimitsTest : public testing::Test {
 protected:
  struct Received {
    std::uint32_t visitor;
    SeqNumber sequence, acknowledgment;
    std::uint8_t flags;
    std::size_t bytes;
  };

  void start(Limits limits) {
    AddressSet claimed;
    claimed.add(*parse_ip_prefix("10.0.0.0/8"));
    engine.emplace(world(), EngineSettings{.interfaces = {{LinkLayer::raw_ip, {}, 1500}},
                                           .claimed = claimed,
                                           .limits = limits,
                                           .host_key = {1, 2}});
  }
  static IpAddress address_of(std::uint32_t visitor) { return IpAddress::v4(0xc6000000 + visitor); }

  void say(std::uint32_t visitor, std::uint8_t flags, SeqNumber sequence, SeqNumber acknowledgment,
           std::uint16_t window) {
    const TcpSegment segment{.source_port = {4'000},
                             .destination_port = {7},
                             .sequence = sequence,
                             .acknowledgment = acknowledgment,
                             .flags = flags,
                             .window = window};
    const IpDatagram header{.source = address_of(visitor), .destination = host, .protocol = 6};
    const std::size_t header_size = ip_header_size_bytes(header);
    std::vector<std::uint8_t> bytes(header_size + tcp_size_bytes(segment));
    emit_ip_header(header, tcp_size_bytes(segment), bytes);
    emit_tcp(segment, header.source, host, std::span(bytes).subspan(header_size));
    engine->on_frame(now, {}, {bytes}, out);
    take();
  }
  /// Time passes; calls `handle` with each segment that leaves.
  template <class Handle>
  void wait(Duration time, Handle handle) {
    const Instant end = now + time;
    while (engine->next_deadline() <= end) {
      now = std::max(now, engine->next_deadline());
      engine->on_time(now, out);
      take();
      for (const Received& one : std::exchange(received, {})) handle(one);
    }
    now = end;
  }
  void take() {
    engine->on_time(now, out);
    for (const Packet& packet : out.packets) {
      const auto decoded = decode_frame(packet.bytes(), LinkLayer::raw_ip);
      const auto& datagram = std::get<IpDatagram>(decoded->content);
      const auto segment = parse_tcp(datagram.payload);
      received.push_back({datagram.destination.v4_value() - 0xc6000000, segment->sequence,
                          segment->acknowledgment, segment->flags, segment->payload.size()});
    }
    for (const ServiceCommand& command : out.services)
      if (const auto* open = std::get_if<OpenSession>(&command)) sessions.push_back(open->session);
    out.clear();
  }
  /// A visitor connects and closes its window; its service sends `bytes`.
  void open_shut(std::uint32_t visitor, std::size_t bytes) {
    received.clear();
    sessions.clear();
    say(visitor, tcp_flag::syn, {1'000}, {}, 0);
    ASSERT_EQ(received.size(), 1U);
    say(visitor, tcp_flag::ack, {1'001}, received[0].sequence + 1, 0);
    ASSERT_EQ(sessions.size(), 1U);
    const std::vector<std::uint8_t> text(bytes, 'x');
    engine->on_service(now, ServiceOutput{sessions[0], text}, out);
    take();
  }
  std::uint64_t refused(DropReason reason) const { return engine->counters().of(reason); }

  std::optional<Engine> engine;
  Instant now{seconds{1'700'000'000}};
  Outbox out;
  std::vector<Received> received;
  std::vector<SessionId> sessions;
};

TEST_F(LimitsTest, AFloodOfSynsIsAnswered) {
  Limits limits;
  limits.half_open_connections = 1'000;
  start(limits);
  for (std::uint32_t i = 0; i < 5'000; ++i) say(i * 256, tcp_flag::syn, {1'000}, {}, 65'535);
  EXPECT_EQ(received.size(), 5'000U);
  EXPECT_EQ(engine->half_open_connections(), 1'000U);
  EXPECT_EQ(refused(DropReason::connection_limit), 4'000U);
  received.clear();
  open_shut(5'000 * 256, 1);
  EXPECT_EQ(engine->connections() - engine->half_open_connections(), 1U) << "an honest one gets in";
}

TEST_F(LimitsTest, UnderPressureNoSynAckIsSentAgain) {
  Limits limits;
  limits.half_open_connections = 1'000;
  start(limits);
  const auto repeated_after = [&](std::uint32_t syns) {
    for (std::uint32_t i = 0; i < syns; ++i) say(i * 256, tcp_flag::syn, {1'000}, {}, 65'535);
    received.clear();
    std::size_t repeated = 0;
    wait(milliseconds{1'500}, [&](const Received&) { ++repeated; });
    wait(minutes{5}, [](const Received&) {});
    EXPECT_EQ(engine->half_open_connections(), 0U);
    return repeated;
  };
  EXPECT_EQ(repeated_after(500), 500U);
  EXPECT_EQ(refused(DropReason::connection_limit), 0U);
  EXPECT_EQ(repeated_after(501), 0U);
  EXPECT_GE(refused(DropReason::connection_limit), 501U);
}

TEST_F(LimitsTest, SlowReadersGiveWay) {
  Limits limits;
  limits.send_bytes = 1'000'000;
  start(limits);
  constexpr std::size_t each = 20'000;
  for (std::uint32_t i = 0; i < 400; ++i) {
    now += milliseconds{1};
    open_shut(i * 256, each);
  }
  EXPECT_LE(engine->connections() * each, limits.send_bytes + each);
  EXPECT_EQ(refused(DropReason::send_limit), 400 - engine->connections());
}

TEST_F(LimitsTest, AHundredThousandWindowsHeldShutAreBounded) {
  Limits limits;
  limits.send_bytes = 20'000'000;
  start(limits);
  constexpr std::uint32_t visitors = 100'000;
  for (std::uint32_t i = 0; i < visitors; ++i) {
    now += microseconds{2};  // before the first is probed again
    open_shut(i * 256, 1'000);
  }
  EXPECT_LE(engine->connections(), limits.send_bytes / 1'000 + 1);
  EXPECT_GE(engine->connections(), limits.send_bytes / 2'000);
  EXPECT_EQ(refused(DropReason::send_limit), visitors - engine->connections());
  received.clear();
  open_shut(visitors * 256, 1'000);
  EXPECT_EQ(received.size(), 1U) << "an honest one is served";
  wait(Limits{}.stalled_time + minutes{2}, [](const Received&) {});
  EXPECT_EQ(engine->connections(), 0U) << "who answers no probe is given up";
}

TEST_F(LimitsTest, AWindowHeldShutIsNotWaitedForForever) {
  start({});
  open_shut(1, 100);
  received.clear();
  bool is_reset = false;
  Duration waited{};
  while (!is_reset && waited < minutes{20}) {
    wait(seconds{1}, [&](const Received& one) {
      if ((one.flags & tcp_flag::rst) != 0)
        is_reset = true;
      else  // the visitor answers each probe and keeps its window closed
        say(1, tcp_flag::ack, {1'001}, one.sequence + 1, 0);
    });
    received.clear();
    waited += seconds{1};
  }
  EXPECT_TRUE(is_reset);
  EXPECT_GE(waited, Limits{}.stalled_time);
  EXPECT_LE(waited, Limits{}.stalled_time + minutes{2});
  EXPECT_EQ(engine->connections(), 0U);
}

TEST_F(LimitsTest, ASynIsAnsweredAFewTimesAndNoMore) {
  start({});
  say(1, tcp_flag::syn, {1'000}, {}, 65'535);
  std::size_t answers = received.size();
  received.clear();
  wait(minutes{10}, [&](const Received&) { ++answers; });
  EXPECT_LE(answers, 6U);
  EXPECT_EQ(engine->connections(), 0U);
}

}  // namespace
}  // namespace apiary
