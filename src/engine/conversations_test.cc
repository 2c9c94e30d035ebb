// What the engine reports of conversations over TCP: their events, their numbers, their list.
#include <functional>
#include <string>

#include "engine/testing/conversation_bench.h"

namespace apiary {
namespace {

class Conversations : public ConversationBench {};

TEST_F(Conversations, AreReportedWithTheirTimesAndNumbers) {
  start();
  send(4000, service_port, tcp_flag::syn);
  EXPECT_EQ(last<ProbeReceived>().type, ProbeType::handshake_begun);
  EXPECT_EQ(last<ProbeReceived>().tcp_flags, tcp_flag::syn);
  wait(milliseconds{100});
  send(4000, service_port, tcp_flag::ack);
  const Instant opened = now;
  EXPECT_EQ(last<FlowOpened>().at, opened);
  EXPECT_EQ(last<FlowOpened>().template_name, "machine");
  EXPECT_EQ(last<FlowOpened>().flow.remote, (Endpoint{bench_visitor, Port{4000}}));
  wait(seconds{1});
  send(4000, service_port, tcp_flag::ack, "hello");
  serve(InputConsumed{.bytes = 5});
  serve(ServiceOutput{.bytes = as_bytes("0123456789")});
  EXPECT_EQ(granted, 0U);
  send(4000, service_port, tcp_flag::ack);
  EXPECT_EQ(granted, 10U);
  send(4000, service_port, tcp_flag::ack | tcp_flag::fin);
  EXPECT_EQ(closed_count(), 0U);
  serve(OutputEnded{});
  send(4000, service_port, tcp_flag::ack);
  const auto closed = last<FlowClosed>();
  EXPECT_EQ(closed.at, now);
  EXPECT_EQ(closed.opened, opened);
  EXPECT_EQ(closed.received_bytes, 5U);
  EXPECT_EQ(closed.sent_bytes, 10U);
  EXPECT_EQ(closed.received_packets, 6U);
  EXPECT_EQ(closed.sent_packets, sent);
  EXPECT_EQ(closed.end, FlowEndReason::closed);
  EXPECT_EQ(closed_sessions, 1U);
  EXPECT_EQ(closed_count(), 1U);
  EXPECT_EQ(engine->connections(), 0U);
}

TEST_F(Conversations, AreReportedOnceThoughTheyLingerInTimeWait) {
  start();
  connect(4000, service_port);
  serve(OutputEnded{});
  send(4000, service_port, tcp_flag::ack | tcp_flag::fin);
  EXPECT_EQ(closed_count(), 1U);
  EXPECT_EQ(last<FlowClosed>().sent_packets, sent) << "the last acknowledgment among them";
  EXPECT_EQ(engine->connections(), 1U);
  EXPECT_EQ(engine->conversations(1).latest.at(0).state, "TIME-WAIT");
  wait(minutes{1});
  EXPECT_EQ(closed_count(), 1U);
  EXPECT_EQ(engine->connections(), 0U);
}

TEST_F(Conversations, TakeWhatAVisitorHasTakenOffItsShare) {
  start();
  connect(4000, service_port);
  const std::string text(10'000, 'x');
  for (int i = 0; i < 30; ++i) {
    serve(ServiceOutput{.bytes = as_bytes(text)});
    send(4000, service_port, tcp_flag::ack);
  }
  for (int i = 0; i < 3; ++i) send(4000, service_port, tcp_flag::ack);
  EXPECT_EQ(sent_bytes, 300'000U) << "who completed a handshake has no share";
  EXPECT_EQ(granted, 300'000U);
}

TEST_F(Conversations, GetALargerSendBufferWhileItLimitsThem) {
  struct Case {
    const char* name;
    std::uint16_t window;
    std::size_t buffer_bytes;  // at the end
  };
  for (const Case& c : {Case{"the windows allow more", 65'535, 32'768},
                        Case{"the visitor's window is the limit", 8'000, 8'192}}) {
    SCOPED_TRACE(c.name);
    Limits limits;
    limits.send_buffer_bytes = 8'192;
    limits.max_send_buffer_bytes = 32'768;
    start(limits);
    visitors = {{4000, {.window = c.window}}};
    sent_bytes = granted = 0;
    connect(4000, service_port);
    std::size_t said = 0;
    for (int i = 0; i < 100; ++i) {
      const std::size_t allowed = opened_as.output_allowance_bytes + granted;
      const std::string text(allowed - std::exchange(said, allowed), 'x');
      serve(ServiceOutput{.bytes = as_bytes(text)});
      send(4000, service_port, tcp_flag::ack);
    }
    for (int i = 0; i < 10; ++i) send(4000, service_port, tcp_flag::ack);
    EXPECT_EQ(opened_as.output_allowance_bytes + granted - sent_bytes, c.buffer_bytes);
  }
}

TEST_F(Conversations, HaveOneClockForAllTheirTimestamps) {
  start();
  TcpOptionBytes options;
  options.put_timestamps({77, 0});
  visitors[4000].options.assign(options.bytes().begin(), options.bytes().end());
  visitors[4000].options.resize(12, 1);
  send(4000, service_port, tcp_flag::syn);
  const std::uint32_t first = timestamp;
  wait(seconds{1});
  EXPECT_EQ(timestamp - first, 1000U) << "of the SYN/ACK that is sent again; a tick a millisecond";
  wait(milliseconds{500});
  send(4000, service_port, tcp_flag::ack);
  serve(ServiceOutput{.bytes = as_bytes("x")});
  EXPECT_EQ(timestamp - first, 1500U);
}

TEST_F(Conversations, GiveTheServiceTheVisitorsAddress) {
  start();
  connect(4000, service_port);
  EXPECT_EQ(opened_as.template_name, "machine");
  EXPECT_EQ(opened_as.host_name, "mail");
  EXPECT_EQ(opened_as.interface, "lan0");
  EXPECT_EQ(opened_as.output_allowance_bytes, Limits{}.send_buffer_bytes);
  EXPECT_EQ(opened_as.flow.local, (Endpoint{bench_host, service_port}));
}

TEST_F(Conversations, AreReportedWithTheReasonOfTheirEnd) {
  struct Case {
    const char* name;
    std::function<void()> act;
    FlowEndReason end;
    std::size_t closed_sessions;
    std::size_t answers;
  };
  const Duration idle = Limits{}.idle_time;
  for (const Case& c :
       {Case{"the visitor resets", [&] { send(4000, service_port, tcp_flag::rst); },
             FlowEndReason::reset_by_peer, 1, 0},
        Case{"the service fails", [&] { serve(ServiceFailed{}); }, FlowEndReason::reset_by_host, 0,
             1},
        Case{"nobody says anything", [&] { wait(idle); }, FlowEndReason::timed_out, 1, 1},
        Case{"the address is another's",
             [&] {
               AddressSet gone;
               gone.add(*parse_ip_prefix("10.0.0.5/32"));
               engine->leave_to_machine(now, gone, out);
               take();
             },
             FlowEndReason::evicted, 1, 0}}) {
    SCOPED_TRACE(c.name);
    start();
    visitors.clear();
    events.clear();
    connect(4000, service_port);
    closed_sessions = sent = 0;
    c.act();
    EXPECT_EQ(last<FlowClosed>().end, c.end);
    EXPECT_EQ(closed_sessions, c.closed_sessions);
    EXPECT_EQ(sent, c.answers);
    EXPECT_EQ(engine->connections(), 0U);
    wait(minutes{5});
    EXPECT_EQ(closed_count(), 1U) << "once";
    EXPECT_EQ(sent, c.answers);
  }
}

TEST_F(Conversations, LiveUntilBothSidesAreSilent) {
  start();
  connect(4000, service_port);
  const Duration nearly = Limits{}.idle_time - nanoseconds{1};
  wait(nearly);
  send(4000, service_port, tcp_flag::ack, "a");
  wait(nearly);
  serve(ServiceOutput{.bytes = as_bytes("b")});
  wait(seconds{2});
  EXPECT_EQ(closed_count(), 0U) << "the service said something";
  send(4000, service_port, tcp_flag::ack);
  wait(nearly);
  EXPECT_EQ(closed_count(), 0U);
  wait(nanoseconds{1});
  EXPECT_EQ(closed_count(), 1U);
}

TEST_F(Conversations, WithoutAServiceShowTheirFirstBytes) {
  start();
  connect(4000, quiet_port);
  const std::string first(1000, 'a'), second(1000, 'b');
  send(4000, quiet_port, tcp_flag::ack, first);
  EXPECT_EQ(text, first);
  send(4000, quiet_port, tcp_flag::ack, second);
  EXPECT_EQ(text, first + std::string(max_event_payload_bytes - 1000, 'b'));
  const std::size_t count = events.size();
  send(4000, quiet_port, tcp_flag::ack, second);
  EXPECT_EQ(events.size(), count);
  send(4000, quiet_port, tcp_flag::rst);
  EXPECT_EQ(last<FlowClosed>().received_bytes, 3000U);
}

TEST_F(Conversations, WithAServiceShowNothing) {
  start();
  connect(4000, service_port);
  send(4000, service_port, tcp_flag::ack, "secret");
  EXPECT_EQ(text, "");
}

TEST_F(Conversations, OfATarpitAreReportedToo) {
  start();
  now += milliseconds{300};
  send(4000, tarpit_port, tcp_flag::syn);
  EXPECT_EQ(last<ProbeReceived>().type, ProbeType::handshake_begun);
  wait(seconds{2});
  send(4000, tarpit_port, tcp_flag::ack);
  EXPECT_EQ(last<FlowOpened>().at, now);
  EXPECT_EQ(last<FlowOpened>().template_name, "machine");
  const Instant opened = now;
  send(4000, tarpit_port, tcp_flag::ack, "0");
  EXPECT_EQ(text, "0");
  send(4000, tarpit_port, tcp_flag::ack, "123456");
  send(4000, tarpit_port, tcp_flag::ack, "789abc");
  EXPECT_EQ(text, "0123456789");
  const std::size_t count = events.size();
  visitors[4000].next = SeqNumber{1011};  // what was taken
  send(4000, tarpit_port, tcp_flag::ack, "more");
  EXPECT_EQ(events.size(), count) << "it takes no more";
  visitors[4000].next = SeqNumber{1011};
  wait(seconds{5});
  EXPECT_EQ(engine->conversations(9).latest.at(0).received_bytes, 10U);
  EXPECT_EQ(engine->conversations(9).latest.at(0).sent_bytes, 0U);
  EXPECT_EQ(engine->conversations(9).latest.at(0).state, "TARPIT");
  send(4000, tarpit_port, tcp_flag::rst);
  const auto closed = last<FlowClosed>();
  EXPECT_EQ(closed.end, FlowEndReason::reset_by_peer);
  EXPECT_EQ(closed.received_bytes, 10U);
  EXPECT_EQ(closed.opened, std::chrono::floor<seconds>(opened));
  EXPECT_EQ(closed.at, now);
  EXPECT_EQ(engine->tarpitted_connections(), 0U);
}

TEST_F(Conversations, OfATarpitEndWhenTheVisitorIsSilent) {
  const Limits limits;
  start();
  send(4000, tarpit_port, tcp_flag::syn);  // and never again
  connect(4001, tarpit_port);
  EXPECT_EQ(engine->tarpitted_connections(), 2U);
  wait(limits.tarpit_opening_time - nanoseconds{1});
  EXPECT_EQ(engine->tarpitted_connections(), 2U);
  wait(nanoseconds{1});
  EXPECT_EQ(engine->tarpitted_connections(), 1U);
  EXPECT_EQ(closed_count(), 0U) << "there was no conversation";
  wait(limits.tarpit_idle_time - limits.tarpit_opening_time - nanoseconds{1});
  EXPECT_EQ(engine->tarpitted_connections(), 1U);
  wait(nanoseconds{1});
  EXPECT_EQ(engine->tarpitted_connections(), 0U);
  EXPECT_EQ(last<FlowClosed>().end, FlowEndReason::timed_out);
}

TEST_F(Conversations, ThatDoNotBeginAreProbes) {
  struct Case {
    const char* name;
    Port port;
    std::uint8_t flags;
    ProbeType type;
    std::size_t answers;
  };
  for (const Case& c :
       {Case{"a request, refused", Port{1}, tcp_flag::syn, ProbeType::connection_request, 1},
        Case{"a request, blocked", blocked_port, tcp_flag::syn, ProbeType::connection_request, 0},
        Case{"something else, open port", service_port, tcp_flag::ack, ProbeType::stray_segment, 1},
        Case{"something else, closed port", Port{1}, tcp_flag::ack, ProbeType::stray_segment, 1},
        Case{"something else, tarpit", tarpit_port, tcp_flag::ack, ProbeType::stray_segment, 1}}) {
    SCOPED_TRACE(c.name);
    start();
    sent = 0;
    events.clear();
    send(4000, c.port, c.flags);
    ASSERT_EQ(events.size(), 1U);
    const auto probe = last<ProbeReceived>();
    EXPECT_EQ(probe.type, c.type);
    EXPECT_EQ(probe.tcp_flags, c.flags);
    EXPECT_EQ(probe.flow.local, (Endpoint{bench_host, c.port}));
    EXPECT_EQ(probe.flow.remote, (Endpoint{bench_visitor, Port{4000}}));
    EXPECT_EQ(sent, c.answers);
  }
}

}  // namespace
}  // namespace apiary
