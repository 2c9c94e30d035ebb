// How many conversations over TCP the engine holds, which of them make room, and their list.
#include <gtest/gtest.h>

#include <string>

#include "engine/testing/conversation_bench.h"

namespace apiary {
namespace {

class ConversationTables : public ConversationBench {};

TEST_F(ConversationTables, AreListedWithTheOneActiveLastFirst) {
  start();
  for (const std::uint16_t port : std::initializer_list<std::uint16_t>{4000, 4001, 4002})
    connect(port, service_port);
  send(4003, service_port, tcp_flag::syn);
  for (const std::uint16_t port : std::initializer_list<std::uint16_t>{5000, 5001})
    connect(port, tarpit_port);
  send(4001, service_port, tcp_flag::ack, "x");
  send(5000, tarpit_port, tcp_flag::ack, "x");
  const auto listed = [&](std::size_t limit) {
    std::string ports;
    for (const Conversation& one : engine->conversations(limit).latest)
      ports += std::to_string(one.flow.remote.port.number) + " ";
    return ports;
  };
  EXPECT_EQ(listed(100), "4001 4002 4000 5000 5001 4003 ");
  EXPECT_EQ(listed(5), "4001 4002 4000 5000 5001 ");
  EXPECT_EQ(listed(2), "4001 4002 ");
  EXPECT_EQ(listed(0), "");
  EXPECT_EQ(engine->conversations(1).total, 6U);
  EXPECT_EQ(engine->conversations(9).latest.at(5).state, "SYN-RECEIVED");
}

TEST_F(ConversationTables, TheLongestSilentIsEvicted) {
  start({.connections = 3});
  for (const std::uint16_t port : std::initializer_list<std::uint16_t>{4000, 4001, 4002})
    connect(port, service_port);
  send(4000, service_port, tcp_flag::ack, "x");
  connect(4003, service_port);
  EXPECT_EQ(last<FlowClosed>().flow.remote.port, Port{4001});
  EXPECT_EQ(last<FlowClosed>().end, FlowEndReason::evicted);
  EXPECT_EQ(table("connections").entries, 3U);
  EXPECT_EQ(table("connections").most, 3U);
  EXPECT_EQ(table("connections").evictions, 1U);
  EXPECT_EQ(table("half_open_connections").evictions, 0U);
  EXPECT_EQ(engine->counters().of(DropReason::connection_limit), 1U);
}

TEST_F(ConversationTables, TheOldestHalfOpenOneMakesRoomForAnother) {
  start({.half_open_connections = 2});
  for (const std::uint16_t port : std::initializer_list<std::uint16_t>{4000, 4001, 4002})
    send(port, service_port, tcp_flag::syn);
  EXPECT_EQ(engine->connections(), 2U);
  EXPECT_EQ(table("half_open_connections").evictions, 1U);
  send(4000, service_port, tcp_flag::ack);
  EXPECT_EQ(closed_count(), 0U) << "it was forgotten without a report";
  send(4001, service_port, tcp_flag::ack);
  EXPECT_EQ(engine->connections() - engine->half_open_connections(), 1U);
}

TEST_F(ConversationTables, OpenOnesMakeNoRoomForHalfOpenOnes) {
  start({.connections = 2});
  connect(4000, service_port);
  for (const std::uint16_t port : std::initializer_list<std::uint16_t>{4001, 4002, 4003})
    send(port, service_port, tcp_flag::syn);
  EXPECT_EQ(engine->connections(), 4U);
  EXPECT_EQ(engine->half_open_connections(), 3U);
  send(4001, service_port, tcp_flag::ack);
  EXPECT_EQ(closed_count(), 0U);
  send(4002, service_port, tcp_flag::ack);
  EXPECT_EQ(last<FlowClosed>().flow.remote.port, Port{4000});
}

TEST_F(ConversationTables, OneThatIsOverLeavesNothingToTheNext) {
  start();
  for (int round = 0; round < 3; ++round) {
    SCOPED_TRACE(round);
    visitors[4000] = {};
    send(4000, service_port, tcp_flag::syn);
    EXPECT_EQ(engine->half_open_connections(), 1U);
    send(4000, service_port, tcp_flag::ack);
    EXPECT_EQ(engine->half_open_connections(), 0U);
    EXPECT_EQ(engine->connections(), 1U);
    const SessionId gone = session;
    send(4000, service_port, tcp_flag::rst);
    EXPECT_EQ(engine->connections(), 0U);
    visitors[4000] = {};
    connect(4000, service_port);
    EXPECT_NE(session, gone);
    constexpr std::uint64_t slots = 1 << 24;  // a session id has its slot in the lowest bits
    EXPECT_EQ(session.value % slots, gone.value % slots) << "places are used again";
    sent_bytes = 0;
    engine->on_service(now, ServiceOutput{gone, as_bytes("late")}, out);
    wait({});
    EXPECT_EQ(sent_bytes, 0U) << "of a session that is over";
    send(4000, service_port, tcp_flag::rst);
  }
}

TEST_F(ConversationTables, OnlyThoseMakeRoomThatWait) {
  start({.send_bytes = 1000});
  for (std::uint16_t port = 4000; port < 4200; ++port) connect(port, service_port);
  visitors[4200].window = 0;
  connect(4200, service_port);
  const std::string text(5000, 'x');
  serve(ServiceOutput{.bytes = as_bytes(text)});
  EXPECT_GE(engine->connections(), 200U);
}

TEST_F(ConversationTables, TheOneThatTakesNothingMakesRoomForBytes) {
  start({.send_bytes = 1000});
  visitors[4000].window = 0;
  connect(4000, service_port);
  const std::string text(1000, 'x');
  serve(ServiceOutput{.bytes = as_bytes(text)});
  EXPECT_EQ(engine->connections(), 1U) << "as much as may wait";
  now += milliseconds{1};
  serve(ServiceOutput{.bytes = as_bytes("x")});
  EXPECT_EQ(engine->connections(), 0U);
  EXPECT_EQ(last<FlowClosed>().end, FlowEndReason::evicted);
  EXPECT_EQ(closed_sessions, 1U);
  EXPECT_EQ(table("connections").evictions, 1U);
  EXPECT_EQ(engine->counters().of(DropReason::send_limit), 1U);
}

TEST_F(ConversationTables, BytesOfAConversationThatIsOverWaitNoMore) {
  start({.send_bytes = 1000});
  const std::string text(1000, 'x');
  for (std::uint16_t port = 4000; port < 4010; ++port) {
    visitors[port].window = 0;
    connect(port, service_port);
    serve(ServiceOutput{.bytes = as_bytes(text)});
    EXPECT_EQ(engine->connections(), 1U);
    send(port, service_port, tcp_flag::rst);
  }
  visitors[4010] = {};
  connect(4010, service_port);
  for (int i = 0; i < 10; ++i) {  // nor those that were acknowledged in part
    serve(ServiceOutput{.bytes = as_bytes(text)});
    send(4010, service_port, tcp_flag::ack);
  }
  EXPECT_EQ(engine->counters().of(DropReason::send_limit), 0U);
}

TEST_F(ConversationTables, ATarpitKnowsWhatEachConversationBeganWith) {
  const auto adopt = [&](const char* name) { engine->adopt({world(name), engine->claimed()}); };
  const auto names = [&] {
    std::string all;
    for (const Conversation& one : engine->conversations(9).latest) all += one.template_name + " ";
    return all;
  };
  start();
  connect(5000, tarpit_port);
  connect(5001, tarpit_port);
  adopt("second");
  connect(5002, tarpit_port);
  connect(5003, tarpit_port);
  EXPECT_EQ(names(), "second second machine machine ");
  send(5002, tarpit_port, tcp_flag::rst);
  EXPECT_EQ(names(), "second machine machine ");
  send(5000, tarpit_port, tcp_flag::rst);
  send(5001, tarpit_port, tcp_flag::rst);
  adopt("third");
  connect(5004, tarpit_port);
  EXPECT_EQ(names(), "third second ");
}

}  // namespace
}  // namespace apiary
