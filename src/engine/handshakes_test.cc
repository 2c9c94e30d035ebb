// What the engine counts and reports of handshakes, of visitors' connections and of those that
// hosts begin.
#include "engine/testing/conversation_bench.h"

namespace apiary {
namespace {

constexpr std::uint16_t visitor_port = 4000;

class Handshakes : public ConversationBench {
 protected:
  /// The visitor's SYN once more.
  void repeat_syn() {
    visitors[visitor_port].next = SeqNumber{1000};
    send(visitor_port, service_port, tcp_flag::syn);
  }
  /// Ends the conversation of the visitor's `port` with a host's `local` port.
  void reset(std::uint16_t port, Port local) { send(port, local, tcp_flag::rst | tcp_flag::ack); }
};

TEST_F(Handshakes, CountEachRequestAndEachAnswer) {
  start();
  send(visitor_port, service_port, tcp_flag::syn);
  repeat_syn();
  repeat_syn();
  wait(seconds{1});
  EXPECT_EQ(sent, 4U) << "three answers, and one that time repeats";
  send(visitor_port, service_port, tcp_flag::ack);
  reset(visitor_port, service_port);
  EXPECT_EQ(last<FlowClosed>().received_packets, 5U);
  EXPECT_EQ(last<FlowClosed>().sent_packets, sent);
  EXPECT_FALSE(last<FlowOpened>().is_outbound);
}

TEST_F(Handshakes, CountOnlyRequestsAsSuch) {
  start();
  send(visitor_port, service_port, tcp_flag::syn);
  send(visitor_port, service_port, tcp_flag::psh);  // without ACK: dropped
  send(visitor_port, service_port, tcp_flag::ack);
  reset(visitor_port, service_port);
  EXPECT_EQ(last<FlowClosed>().received_packets, 3U) << "what changes nothing is not counted";
}

TEST_F(Handshakes, OfHostsCountTheirPacketsToo) {
  start();
  const FlowKey flow{{bench_visitor, Port{80}}, {bench_host, Port{40'000}}, IpProtocol::tcp};
  visitors[80].next = SeqNumber{5000};
  engine->connect(now, {.number = 1, .flow = flow, .service = {}}, out);
  wait(milliseconds{10});
  EXPECT_EQ(sent, 1U);
  send(80, Port{40'000}, tcp_flag::syn | tcp_flag::ack);
  EXPECT_TRUE(last<FlowOpened>().is_outbound);
  reset(80, Port{40'000});
  EXPECT_TRUE(last<FlowClosed>().is_outbound);
  EXPECT_EQ(last<FlowClosed>().received_packets, 2U);
  EXPECT_EQ(last<FlowClosed>().sent_packets, sent);
}

TEST_F(Handshakes, AreForgottenWithTheAddressOfTheirHost) {
  start();
  send(visitor_port, service_port, tcp_flag::syn);
  ASSERT_EQ(engine->half_open_connections(), 1U);
  AddressSet others, own;
  others.add(*parse_ip_prefix("10.0.0.4/32"));
  own.add(*parse_ip_prefix("10.0.0.5/32"));
  engine->leave_to_machine(now, others, out);
  EXPECT_EQ(engine->half_open_connections(), 1U);
  engine->leave_to_machine(now, own, out);
  EXPECT_EQ(engine->half_open_connections(), 0U);
}

TEST_F(Handshakes, HaveNumbersOfTheirEndpoints) {
  Personality personality = generic_personality();
  personality.isn.tick_nanoseconds = 64;  // RFC 6528
  HostTemplate machine{.personality = std::make_shared<const Personality>(personality)};
  machine.tcp_ports = {{service_port, Open{}}, {quiet_port, Open{}}};
  start(std::make_shared<const Honeynet>(Honeynet::Parts{
      .default_template = std::make_shared<const HostTemplate>(std::move(machine))}));
  const auto number_of = [&](std::uint16_t from, Port to) {
    visitors[from].next = SeqNumber{1000};
    send(from, to, tcp_flag::syn);
    return visitors[from].expected;
  };
  const auto distance = [](SeqNumber a, SeqNumber b) {
    return std::min(a.value - b.value, b.value - a.value);
  };
  const SeqNumber first = number_of(4000, service_port);
  EXPECT_GT(distance(first, number_of(4001, service_port)), 1'000'000U) << "the visitor's port";
  EXPECT_GT(distance(first, number_of(4000, quiet_port)), 1'000'000U) << "the host's port";
}

}  // namespace
}  // namespace apiary
