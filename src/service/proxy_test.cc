#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cerrno>

#include "service/testing/proxy_headers.h"
#include "service/testing/service_fixture.h"
#include "service/testing/test_sockets.h"

namespace apiary {
namespace {

using ProxyTest = ServiceTest;

TEST_F(ProxyTest, HalfClosePassesBothWays) {
  OneConnectionServer server([](int connection) {
    const std::string text = read_to_end(connection);
    send_all(connection, "you said " + text);
  });
  const SessionId session = open(Proxy{server.target()});
  deliver(session, "hello ");  // before it is connected
  run_until([&] { return received[1].consumed == 6; });
  deliver(session, "there");
  end_input(session);
  run_until_ended(session);
  EXPECT_EQ(received[1].output, "you said hello there");
  EXPECT_EQ(received[1].ended, 1);
  EXPECT_EQ(received[1].failed, 0);
  close(session);
  EXPECT_EQ(runner->session_count(), 0u);
}

TEST_F(ProxyTest, LargeTransfersPassThroughATinyAllowance) {
  const std::string text(3'000'000, 'x');
  OneConnectionServer server([](int connection) { send_all(connection, read_to_end(connection)); });
  grants_back = true;
  const SessionId session = open(Proxy{server.target()}, IpProtocol::tcp, 4096);
  deliver(session, text);
  end_input(session);
  run_until_ended(session);
  EXPECT_EQ(received[1].consumed, text.size());
  EXPECT_TRUE(received[1].output == text);
}

TEST_F(ProxyTest, APeerThatDoesNotReadConsumesOnlyWhatItsSocketsHold) {
  LoopbackSocket listener(SOCK_STREAM);
  listen(listener.get(), 8);
  const SessionId session = open(Proxy{listener.target()});
  deliver(session, std::string(20'000'000, 'x'));
  run_for(milliseconds{300});
  EXPECT_GT(received[1].consumed, 0u);
  EXPECT_LT(received[1].consumed, 20'000'000u);
  const std::size_t before = received[1].consumed;
  run_for(milliseconds{100});
  EXPECT_EQ(received[1].consumed, before);
  close(session);
}

TEST_F(ProxyTest, AResetFails) {
  OneConnectionServer server([](int connection) {
    std::array<char, 5> room;
    recv(connection, room.data(), room.size(), MSG_WAITALL);
    const linger reset{.l_onoff = 1, .l_linger = 0};
    setsockopt(connection, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  });
  const SessionId session = open(Proxy{server.target()});
  deliver(session, "hello");
  run_until_ended(session);
  EXPECT_EQ(received[1].failed, 1);
  EXPECT_EQ(received[1].ended, 0);
  EXPECT_TRUE(notes.contain("connection lost: Connection reset by peer"));
  EXPECT_EQ(runner->session_count(), 0u);
}

TEST_F(ProxyTest, AnUnreachableTargetFailsWithANote) {
  const std::string refused = LoopbackSocket(SOCK_STREAM).target();  // closed again
  struct Case {
    const char* name;
    std::string target;
    std::string note;
  };
  for (const Case& c : {
           Case{"refused", refused, "cannot connect to " + refused + ": Connection refused"},
           Case{"no port", "127.0.0.1", "cannot connect to 127.0.0.1: not HOST:PORT"},
           Case{"variables are expanded", "$ipsrc:0", "cannot connect to 192.0.2.1:0: not"},
       }) {
    SCOPED_TRACE(c.name);
    const SessionId session = open(Proxy{c.target});
    deliver(session, "input");
    run_until_ended(session);
    EXPECT_EQ(received[session.value].failed, 1);
    EXPECT_TRUE(notes.contain(c.note)) << ::testing::PrintToString(notes.texts);
    EXPECT_EQ(notes.services.back(), c.target);
  }
}

TEST_F(ProxyTest, ATargetThatDoesNotAnswerIsLikeAProgramThatHangs) {
  restart({.proxies = {.connect_time = milliseconds{200}}});
  SilentServer server;
  const SessionId session = open(Proxy{server.target()});
  deliver(session, "anybody?");
  run_until([&] { return notes.contain("Connection timed out: the visitor stays connected"); });
  EXPECT_EQ(received[session.value].failed, 0);
  EXPECT_EQ(received[session.value].ended, 0);
  EXPECT_EQ(received[session.value].consumed, 0U) << "the window closes";
  EXPECT_EQ(runner->session_count(), 1U);
  end_input(session);
  run_until_ended(session);
  EXPECT_EQ(received[session.value].ended, 1);
  close(session);
  EXPECT_EQ(runner->session_count(), 0U);
}

TEST_F(ProxyTest, AVisitorThatSentFinSeesTheEnd) {
  restart({.proxies = {.connect_time = milliseconds{200}}});
  SilentServer server;
  const SessionId session = open(Proxy{server.target()});
  end_input(session);
  run_until_ended(session);
  EXPECT_EQ(received[session.value].ended, 1);
  EXPECT_EQ(received[session.value].failed, 0);
}

TEST_F(ProxyTest, AVisitorsResetIsPassedOn) {
  std::atomic<int> number = -1;
  OneConnectionServer server([&](int connection) {
    std::array<char, 5> room;
    recv(connection, room.data(), room.size(), MSG_WAITALL);
    number = recv(connection, room.data(), room.size(), 0) < 0 ? errno : 0;
  });
  const SessionId session = open(Proxy{server.target()});
  deliver(session, "hello");
  run_until([&] { return received[session.value].consumed == 5; });
  close(session);  // its input has not ended
  run_until([&] { return number >= 0; });
  EXPECT_EQ(number, ECONNRESET);
}

TEST_F(ProxyTest, TheTargetLearnsTheVisitorFromTheProxyProtocol) {
  OneConnectionServer server([](int connection) { send_all(connection, read_to_end(connection)); });
  const SessionId session = open(Proxy{server.target(), VisitorDisclosure::proxy_protocol});
  deliver(session, "hello");
  end_input(session);
  run_until_ended(session);
  EXPECT_EQ(received[1].output, tcp_header + "hello");
  EXPECT_EQ(received[1].consumed, 5U) << "the header is not the visitor's";
}

TEST_F(ProxyTest, AHostMayBeAName) {
  OneConnectionServer server([](int connection) { send_all(connection, "welcome"); });
  const SessionId session = open(Proxy{fmt::format("localhost:{}", server.port())});
  run_until_ended(session);
  EXPECT_EQ(received[session.value].output, "welcome");
}

}  // namespace
}  // namespace apiary
