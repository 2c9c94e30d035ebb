// Servers in networks of their own. tests/system/subsystem_test.py has real ones, seen from
// outside.
#include <gtest/gtest.h>
#include <unistd.h>

#include "service/testing/subsystem_fixture.h"

namespace apiary {
namespace {

constexpr std::string_view datagram_server = R"(#!/usr/bin/python3
import socket
s = socket.socket(type=socket.SOCK_DGRAM)
s.bind(('', 53))
while True:
    data, visitor = s.recvfrom(4096)
    s.sendto(f'{visitor[0]} said '.encode() + data, visitor)
)";

TEST_F(SubsystemTest, AServerSeesItsVisitorsAndItsHost) {
  const auto spec = run_server(echo_server);
  run_until_open(*spec, Port{23});
  const SessionId session = visit(spec, first_host);
  run_until_heard(session, "192.0.2.1:4000 at 10.0.0.5");
  deliver(session, "hello");
  run_until_heard(session, "hello");
  EXPECT_EQ(received[session.value].consumed, 5u);
  end_input(session);
  run_until_ended(session);
  EXPECT_EQ(received[session.value].ended, 1);
}

TEST_F(SubsystemTest, ALargeAnswerWaitsForTheVisitor) {
  const auto spec = run_server(
      "#!/usr/bin/python3\nimport socket\nl = socket.create_server(('', 23))\n"
      "while True:\n    c, _ = l.accept(); c.sendall(b'x' * (8 << 20)); c.close()\n");
  run_until_open(*spec, Port{23});
  const SessionId session = visit(spec, first_host);
  run_until([&] { return output_of(session).size() == plenty; });
  run_for(milliseconds{100});
  EXPECT_EQ(output_of(session).size(), plenty);
  grants_back = true;
  grant(session, plenty);
  run_until_ended(session);
  EXPECT_EQ(output_of(session).size(), 8u << 20);
}

TEST_F(SubsystemTest, ItsLogIsNoted) {
  const auto spec = run_server(echo_server);
  run_until_open(*spec, Port{23});
  run_until([&] { return notes.contain("ready") && notes.contain("warned"); });
  EXPECT_EQ(notes.services, std::vector<std::string>(2, "./server"));
}

TEST_F(SubsystemTest, AVisitorsDatagramsAreAnswered) {
  for (const bool is_shared : {false, true}) {
    SCOPED_TRACE(is_shared);
    const auto spec = run_server(datagram_server, {.is_shared = is_shared});
    run_until_open(*spec, Port{53}, IpProtocol::udp);
    for (const IpAddress& host : {first_host, second_host}) {
      const SessionId session = visit(spec, host, Port{4000}, Port{53}, IpProtocol::udp);
      deliver(session, "a");
      deliver(session, "b");
      run_until([&] { return received[session.value].datagrams.size() == 2; });
      EXPECT_EQ(received[session.value].datagrams,
                (std::vector<std::string>{"192.0.2.1 said a", "192.0.2.1 said b"}));
    }
  }
}

TEST_F(SubsystemTest, EachHostHasAServerOfItsOwn) {
  const auto spec = run_server(echo_server);
  run_until_open(*spec, Port{23});
  const SessionId first = visit(spec, first_host), second = visit(spec, second_host);
  run_until_heard(first, "at 10.0.0.5");
  run_until_heard(second, "192.0.2.1:4000 at 10.0.0.6");
  EXPECT_EQ(runner->process_count(), 2u);
  const SessionId again = visit(spec, second_host, Port{4001});
  run_until_heard(again, "192.0.2.1:4001 at 10.0.0.6");
  EXPECT_EQ(runner->process_count(), 2u);
}

TEST_F(SubsystemTest, HostsShareOne) {
  const auto spec = run_server(echo_server, {.is_shared = true});
  run_until_open(*spec, Port{23});
  const SessionId first = visit(spec, first_host), second = visit(spec, second_host);
  run_until_heard(first, "192.0.2.1:4000 at 10.0.0.5");
  run_until_heard(second, "192.0.2.1:4000 at 10.0.0.6");
  EXPECT_EQ(process_of(first), process_of(second));
  const auto status = runner->subsystems();
  ASSERT_EQ(status.size(), 1u);
  EXPECT_EQ(status[0].owner, "farm");
  EXPECT_EQ(status[0].servers, 1u);
  EXPECT_EQ(status[0].connections, 2u);
  EXPECT_EQ(status[0].tcp, std::set<Port>{Port{23}});
  EXPECT_EQ(runner->process_count(), 1u);
}

TEST_F(SubsystemTest, AnIdleServerEndsForAnother) {
  restart({.subsystems = {.servers = 2}});
  const auto spec = run_server(echo_server);
  run_until_open(*spec, Port{23});
  const SessionId second = visit(spec, second_host);
  run_until_heard(second, "at 10.0.0.6");
  const SessionId refused = visit(spec, IpAddress::v4(10, 0, 0, 7));
  EXPECT_TRUE(notes.contain("not started: 2 servers of subsystems run already"));
  run_until_ended(refused);
  EXPECT_EQ(received[refused.value].failed, 1);
  close(second);
  const SessionId third = visit(spec, IpAddress::v4(10, 0, 0, 7));
  run_until_heard(third, "at 10.0.0.7");
}

TEST_F(SubsystemTest, AVisitorHasAShareOfItsConnections) {
  restart({.subsystems = {.per_source = {.per_host = 1, .per_network = 9}}});
  const auto spec = run_server(echo_server);
  run_until_open(*spec, Port{23});
  const SessionId first = visit(spec, first_host);
  run_until_heard(first, "at 10.0.0.5");
  const SessionId second = visit(spec, first_host, Port{4001});
  run_until_ended(second);
  EXPECT_TRUE(notes.contain("not connected: 192.0.2.1 has 1 connections already"));
  close(first);
  run_until_heard(visit(spec, first_host, Port{4002}), "192.0.2.1:4002");
}

TEST_F(SubsystemTest, PortsCloseWhenItEnds) {
  const auto spec = run_server(
      "#!/usr/bin/python3\nimport socket, sys\nl = socket.create_server(('', 23))\n"
      "l.accept()\nsys.exit(3)\n");
  run_until_open(*spec, Port{23});
  const SessionId session = visit(spec, first_host);
  run_until_closed(*spec, Port{23});
  run_until_ended(session);
  run_until([&] { return notes.contain("exited with status 3"); });
  const SessionId late = visit(spec, first_host);
  run_until_ended(late);
  EXPECT_TRUE(notes.contain("not connected: it has ended"));
}

TEST_F(SubsystemTest, ItStartsAgainLaterEachTime) {
  restart({.subsystems = {.first_pause = milliseconds{50}, .max_pause = milliseconds{150}}});
  run_server("#!/bin/sh\nexit 1\n", {.restarts = true});
  run_until([&] { return notes.contain("starts again in 0.15 s"); });
  for (const char* text :
       {"starts again in 0.05 s", "starts again in 0.1 s", "starts again in 0.15 s"})
    EXPECT_TRUE(notes.contain(text)) << text;
}

TEST_F(SubsystemTest, AVisitorWaitsForAServerThatStarts) {
  const auto spec = run_server(
      "#!/usr/bin/python3\nimport socket, time\ntime.sleep(1)\n"
      "l = socket.create_server(('', 23))\n"
      "while True:\n    c, _ = l.accept(); c.sendall(b'late'); c.close()\n");
  const SessionId session = visit(spec, first_host);
  run_until_ended(session);
  EXPECT_EQ(output_of(session), "late");
}

TEST_F(SubsystemTest, AServerInTheBackgroundGoesOn) {
  const auto spec = run_server(
      std::string(echo_server)
          .replace(std::string(echo_server).find("def serve"), 0, "if os.fork(): os._exit(0)\n"));
  run_until_open(*spec, Port{23});
  run_for(milliseconds{300});
  const SessionId session = visit(spec, first_host);
  run_until_heard(session, "at 10.0.0.5");
  EXPECT_TRUE(notes.exits.empty());
}

TEST_F(SubsystemTest, WhatACrashLeavesEnds) {
  const auto spec = run_server(
      "#!/usr/bin/python3\nimport os, signal, socket, time\nl = socket.create_server(('', 23))\n"
      "if os.fork() == 0: time.sleep(100)\n"
      "l.accept(); os.kill(os.getpid(), signal.SIGKILL)\n");
  run_until_open(*spec, Port{23});
  visit(spec, first_host);
  run_until([&] { return notes.contain("killed by signal 9"); });
  run_until_closed(*spec, Port{23});
  run_until_no_process();
}

TEST_F(SubsystemTest, AReloadKeepsWhatIsTheSame) {
  const auto spec = run_server(echo_server);
  run_until_open(*spec, Port{23});
  const SessionId session = visit(spec, first_host);
  const std::string process = process_of(session);
  const auto same = std::make_shared<const ServiceSpec>(*spec);
  runner->run({{same, first_host}});
  EXPECT_TRUE(ports().has(*same, IpProtocol::tcp, Port{23}));
  const SessionId second = visit(same, first_host, Port{4001});
  EXPECT_EQ(process_of(second), process);

  runner->run({});
  deliver(session, "still there");
  run_until_heard(session, "still there");
  close(session);
  close(second);
  run_until_no_process();
}

TEST_F(SubsystemTest, OnlyWhatVisitorsReachIsAPort) {
  const auto spec = run_server(
      "#!/usr/bin/python3\nimport socket, time\n"
      "local = socket.create_server(('127.0.0.1', 8000))\n"
      "client = socket.socket(type=socket.SOCK_DGRAM); client.bind(('', 5000))\n"
      "time.sleep(0.2); client.close()\n"
      "l = socket.create_server(('', 23))\ntime.sleep(100)\n");
  run_until_open(*spec, Port{23});
  const auto& entries = ports().entries();
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].tcp, std::set<Port>{Port{23}});
  EXPECT_TRUE(entries[0].udp.empty());
}

TEST_F(SubsystemTest, ItReachesNobodyButItself) {
  const auto spec = run_server(
      "#!/usr/bin/python3\nimport errno, socket, sys, time\n"
      "l = socket.create_server(('', 23))\n"
      "for where in ('127.0.0.1', '10.0.0.5'): socket.create_connection((where, 23), 2)\n"
      "print('itself', flush=True)\n"
      "for address in (('203.0.113.9', 23), ('192.0.2.1', 22), ('169.254.0.1', 23)):\n"
      "    try: socket.create_connection(address, 2); print('reached', address, flush=True)\n"
      "    except OSError as e: print(errno.errorcode[e.errno], flush=True)\n"
      "print('done', flush=True)\ntime.sleep(100)\n");
  // What it says comes by another way than what it attempted.
  run_until([&] { return notes.contain("done") && notes.attempts.size() >= 3; });
  EXPECT_TRUE(notes.contain("itself"));
  EXPECT_TRUE(notes.contain("ECONNREFUSED"));
  EXPECT_FALSE(notes.contain("reached"));
  EXPECT_EQ(notes.attempts,
            (std::vector<std::string>{"connect 203.0.113.9:23", "connect 192.0.2.1:22",
                                      "connect 169.254.0.1:23"}));
}

TEST_F(SubsystemTest, ItsDatagramsToNobodyAreReported) {
  const auto spec = run_server(
      "#!/usr/bin/python3\nimport socket\n"
      "s = socket.socket(type=socket.SOCK_DGRAM)\ns.bind(('', 53))\n"
      "while True:\n    data, visitor = s.recvfrom(99); s.sendto(data, visitor)\n"
      "    s.sendto(b'question', ('203.0.113.53', 53)); s.sendmsg([b'x'], [], 0, ('8.8.8.8', "
      "7))\n");
  run_until_open(*spec, Port{53}, IpProtocol::udp);
  const SessionId session = visit(spec, first_host, Port{4000}, Port{53}, IpProtocol::udp);
  deliver(session, "a");
  run_until([&] { return notes.attempts.size() == 2; });
  EXPECT_EQ(notes.attempts,
            (std::vector<std::string>{"sendto 203.0.113.53:53", "sendto 8.8.8.8:7"}));
  EXPECT_EQ(output_of(session), "a");
}

TEST_F(SubsystemTest, ItNeedsANetworkOfItsOwn) {
  restart({}, ContainMode::off);
  run_server(echo_server);
  run_until([&] { return notes.contain("subsystems need network, process and mount namespaces"); });
  EXPECT_EQ(runner->process_count(), 0u);
}

}  // namespace
}  // namespace apiary
