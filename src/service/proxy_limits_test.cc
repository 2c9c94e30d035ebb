#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>

#include "service/testing/service_fixture.h"
#include "service/testing/test_sockets.h"

namespace apiary {
namespace {

using ProxyLimitsTest = ServiceTest;

TEST_F(ProxyLimitsTest, AVisitorCannotBeConnectedToItself) {
  const SessionId session = open(Proxy{"192.0.2.1:22", VisitorDisclosure::transparent});
  run_until_ended(session);
  EXPECT_EQ(received[session.value].failed, 1);
  EXPECT_TRUE(notes.contain("cannot connect to 192.0.2.1:22: the target is the visitor"));
}

TEST_F(ProxyLimitsTest, AVisitorHasAShare) {
  restart({.proxies = {.per_source = {.per_host = 2, .per_network = 3}}});
  LoopbackSocket listener(SOCK_STREAM);
  listen(listener.get(), 8);
  const auto open_from = [&](std::uint8_t host) {
    const SessionId session{++last_session};
    execute(OpenSession{.session = session,
                        .flow = {.remote = {IpAddress::v4(192, 0, 2, host), Port{4000}},
                                 .local = {IpAddress::v4(10, 0, 0, 5), Port{23}}},
                        .service = std::make_shared<const ServiceSpec>(Proxy{listener.target()}),
                        .output_allowance_bytes = plenty});
    run_for(milliseconds{20});
    return session;
  };
  const auto failed = [&](SessionId session) { return received[session.value].failed; };
  const SessionId first = open_from(1);
  EXPECT_EQ(failed(first) + failed(open_from(1)), 0);
  EXPECT_EQ(failed(open_from(1)), 1);
  EXPECT_TRUE(notes.contain("not connected: 192.0.2.1 has 2 connections already"));
  EXPECT_EQ(failed(open_from(2)), 0);
  EXPECT_EQ(failed(open_from(3)), 1);
  EXPECT_TRUE(notes.contain("not connected: the network of 192.0.2.3 has 3 connections already"));
  close(first);
  EXPECT_EQ(failed(open_from(3)), 0);
}

TEST_F(ProxyLimitsTest, AConnectionOfAProxyThatComesBackIsRefused) {
  LoopbackSocket listener(SOCK_STREAM);
  listen(listener.get(), 8);
  const SessionId outer = open(Proxy{listener.target()});
  run_for(milliseconds{20});
  sockaddr_in from{};
  socklen_t length = sizeof from;
  const FileDescriptor accepted(
      accept(listener.get(), reinterpret_cast<sockaddr*>(&from), &length));
  const FlowKey flow{.remote = {IpAddress::v4(127, 0, 0, 1), Port{ntohs(from.sin_port)}},
                     .local = {IpAddress::v4(127, 0, 0, 1), Port{listener.port()}}};
  const auto arrive = [&] {
    const SessionId session{++last_session};
    execute(OpenSession{.session = session,
                        .flow = flow,
                        .service = std::make_shared<const ServiceSpec>(BuiltIn::echo),
                        .output_allowance_bytes = plenty});
    run_for(milliseconds{20});
    return received[session.value].failed;
  };
  EXPECT_EQ(arrive(), 1);
  EXPECT_EQ(arrive(), 1);
  EXPECT_EQ(std::ranges::count_if(notes.texts,
                                  [](const auto& text) { return text.find("loop") != text.npos; }),
            1);
  close(outer);
  EXPECT_EQ(arrive(), 0) << "the port may be somebody else's by now";
}

TEST_F(ProxyLimitsTest, ConnectionsBeyondTheLimitFail) {
  restart({.proxies = {.sessions = 1}});
  LoopbackSocket listener(SOCK_STREAM);
  listen(listener.get(), 8);
  const SessionId first = open(Proxy{listener.target()});
  const SessionId second = open(Proxy{listener.target()});
  run_until_ended(second);
  EXPECT_EQ(received[second.value].failed, 1);
  close(first);
  const SessionId third = open(Proxy{listener.target()});
  run_for(milliseconds{50});
  EXPECT_EQ(received[third.value].failed, 0);
}

}  // namespace
}  // namespace apiary
