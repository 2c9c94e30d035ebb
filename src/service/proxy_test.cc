#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <thread>

#include "posix/file_descriptor.h"
#include "service/testing/service_fixture.h"

namespace apiary {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// A socket bound to a free port of 127.0.0.1.
class LoopbackSocket {
 public:
  explicit LoopbackSocket(int type) : socket_(::socket(AF_INET, type | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    bind(get(), reinterpret_cast<sockaddr*>(&address), length);
    getsockname(get(), reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
  }
  int get() const { return socket_.get(); }
  std::uint16_t port() const { return port_; }
  std::string target() const { return fmt::format("127.0.0.1:{}", port_); }

 private:
  FileDescriptor socket_;
  std::uint16_t port_ = 0;
};

/// Accepts one connection and calls `serve` with it in a thread.
class OneConnectionServer : public LoopbackSocket {
 public:
  explicit OneConnectionServer(std::function<void(int)> serve) : LoopbackSocket(SOCK_STREAM) {
    listen(get(), 8);
    thread_ = std::jthread([this, serve = std::move(serve)] {
      const FileDescriptor connection(accept(get(), nullptr, nullptr));
      serve(connection.get());
    });
  }

 private:
  std::jthread thread_;
};

std::string read_to_end(int socket) {
  std::string text;
  std::array<char, 65536> room;
  for (ssize_t size; (size = recv(socket, room.data(), room.size(), 0)) > 0;)
    text.append(room.data(), static_cast<std::size_t>(size));
  return text;
}

void send_all(int socket, std::string_view text) {
  while (!text.empty()) {
    const ssize_t size = send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    if (size <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(size));
  }
}

using ProxyTest = ServiceTest;

TEST_F(ProxyTest, HalfClosePassesBothWays) {
  OneConnectionServer server([](int connection) {
    const std::string text = read_to_end(connection);
    send_all(connection, "you said " + text);
  });
  const SessionId session = open(Proxy{server.target()});
  deliver(session, "hello ");  // before it is connected
  run_until([&] { return heard[1].consumed == 6; });
  deliver(session, "there");
  end_input(session);
  run_until_ended(session);
  EXPECT_EQ(heard[1].output, "you said hello there");
  EXPECT_EQ(heard[1].ended, 1);
  EXPECT_EQ(heard[1].failed, 0);
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
  EXPECT_EQ(heard[1].consumed, text.size());
  EXPECT_TRUE(heard[1].output == text);
}

TEST_F(ProxyTest, APeerThatDoesNotReadConsumesOnlyWhatItsSocketsHold) {
  LoopbackSocket listener(SOCK_STREAM);
  listen(listener.get(), 8);
  const SessionId session = open(Proxy{listener.target()});
  deliver(session, std::string(20'000'000, 'x'));
  run_for(milliseconds{300});
  EXPECT_GT(heard[1].consumed, 0u);
  EXPECT_LT(heard[1].consumed, 20'000'000u);
  const std::size_t before = heard[1].consumed;
  run_for(milliseconds{100});
  EXPECT_EQ(heard[1].consumed, before);
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
  EXPECT_EQ(heard[1].failed, 1);
  EXPECT_EQ(heard[1].ended, 0);
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
    EXPECT_EQ(heard[session.value].failed, 1);
    EXPECT_TRUE(notes.contain(c.note)) << ::testing::PrintToString(notes.texts);
    EXPECT_EQ(notes.services.back(), c.target);
  }
}

/// A listener whose backlog is full, so that the kernel drops further SYNs.
class SilentServer : public LoopbackSocket {
 public:
  SilentServer() : LoopbackSocket(SOCK_STREAM) {
    listen(get(), 0);
    const sockaddr_in address = loopback(port());
    for (int i = 0; i < 3; ++i) {
      others_.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
      connect(others_.back().get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }
  }

 private:
  std::vector<FileDescriptor> others_;
};

TEST_F(ProxyTest, ATargetThatDoesNotAnswerIsLikeAProgramThatHangs) {
  restart({.proxies = {.connect_time = milliseconds{200}}});
  SilentServer server;
  const SessionId session = open(Proxy{server.target()});
  deliver(session, "anybody?");
  run_until([&] { return notes.contain("Connection timed out: the visitor stays connected"); });
  EXPECT_EQ(heard[session.value].failed, 0);
  EXPECT_EQ(heard[session.value].ended, 0);
  EXPECT_EQ(heard[session.value].consumed, 0U) << "the window closes";
  EXPECT_EQ(runner->session_count(), 1U);
  end_input(session);
  run_until_ended(session);
  EXPECT_EQ(heard[session.value].ended, 1);
  close(session);
  EXPECT_EQ(runner->session_count(), 0U);
}

TEST_F(ProxyTest, AVisitorWhoHasLeftBeforeSeesTheEnd) {
  restart({.proxies = {.connect_time = milliseconds{200}}});
  SilentServer server;
  const SessionId session = open(Proxy{server.target()});
  end_input(session);
  run_until_ended(session);
  EXPECT_EQ(heard[session.value].ended, 1);
  EXPECT_EQ(heard[session.value].failed, 0);
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
  run_until([&] { return heard[session.value].consumed == 5; });
  close(session);  // its input has not ended
  run_until([&] { return number >= 0; });
  EXPECT_EQ(number, ECONNRESET);
}

// proxy-protocol.txt, section 2.2: signature, version and command, family, length, addresses.
const std::string tcp_header("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\2\1\x0a\0\0\5\x0f\xa0\0\x17",
                             28);
const std::string udp_header("\r\n\r\n\0\r\nQUIT\n\x21\x12\0\x0c\xc0\0\2\1\x0a\0\0\5\x0f\xa0\0\x17",
                             28);

TEST_F(ProxyTest, TheTargetLearnsTheVisitorFromTheProxyProtocol) {
  OneConnectionServer server([](int connection) { send_all(connection, read_to_end(connection)); });
  const SessionId session = open(Proxy{server.target(), VisitorDisclosure::proxy_protocol});
  deliver(session, "hello");
  end_input(session);
  run_until_ended(session);
  EXPECT_EQ(heard[1].output, tcp_header + "hello");
  EXPECT_EQ(heard[1].consumed, 5U) << "the header is not the visitor's";
}

TEST_F(ProxyTest, EachDatagramHasAProxyHeader) {
  LoopbackSocket server(SOCK_DGRAM);
  const SessionId session =
      open(Proxy{server.target(), VisitorDisclosure::proxy_protocol}, IpProtocol::udp);
  deliver(session, "one");
  deliver(session, "");
  run_for(milliseconds{20});
  std::array<char, 100> room;
  for (const char* expected : {"one", ""}) {
    const ssize_t size = recv(server.get(), room.data(), room.size(), 0);
    EXPECT_EQ(std::string(room.data(), static_cast<std::size_t>(size)), udp_header + expected);
  }
  EXPECT_EQ(heard[1].consumed, 3U);
}

/// A Unix socket at a path of its own.
class UnixSocket {
 public:
  UnixSocket(const std::string& path, int type)
      : target_("unix:" + path), socket_(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    bind(get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
    if (type == SOCK_STREAM) listen(get(), 1);
  }
  int get() const { return socket_.get(); }
  const std::string& target() const { return target_; }

 private:
  std::string target_;
  FileDescriptor socket_;
};

TEST_F(ProxyTest, ATargetMayBeAUnixSocket) {
  UnixSocket server(directory + "/stream", SOCK_STREAM);
  const SessionId session = open(Proxy{server.target(), VisitorDisclosure::proxy_protocol});
  deliver(session, "hello");
  end_input(session);
  const FileDescriptor connection(accept(server.get(), nullptr, nullptr));
  run_for(milliseconds{20});
  send_all(connection.get(), read_to_end(connection.get()));
  shutdown(connection.get(), SHUT_WR);
  run_until_ended(session);
  EXPECT_EQ(heard[1].output, tcp_header + "hello");
}

TEST_F(ProxyTest, AUnixSocketWhoseQueueIsFullIsWaitedFor) {
  UnixSocket server(directory + "/busy", SOCK_STREAM);
  std::vector<FileDescriptor> accepted;
  std::vector<SessionId> sessions;
  for (int i = 0; i < 4; ++i) sessions.push_back(open(Proxy{server.target()}));
  run_for(milliseconds{100});
  for (int i = 0; i < 4; ++i) {
    accepted.emplace_back(accept(server.get(), nullptr, nullptr));
    send_all(accepted.back().get(), "hello");
    run_for(milliseconds{100});
  }
  for (const SessionId session : sessions) EXPECT_EQ(heard[session.value].output, "hello");
}

TEST_F(ProxyTest, AUnixSocketOfDatagramsAnswers) {
  UnixSocket server(directory + "/datagrams", SOCK_DGRAM);
  const SessionId session = open(Proxy{server.target()}, IpProtocol::udp);
  deliver(session, "hello");
  std::array<char, 100> room;
  sockaddr_un from{};
  socklen_t length = sizeof from;
  const ssize_t size = recvfrom(server.get(), room.data(), room.size(), 0,
                                reinterpret_cast<sockaddr*>(&from), &length);
  ASSERT_EQ(size, 5);
  sendto(server.get(), "hi", 2, 0, reinterpret_cast<sockaddr*>(&from), length);
  run_until([&] { return !heard[1].datagrams.empty(); });
  EXPECT_EQ(heard[1].datagrams, std::vector<std::string>{"hi"});
}

TEST_F(ProxyTest, AUnixSocketOfDatagramsThatClosesFails) {
  auto server = std::make_unique<UnixSocket>(directory + "/datagrams", SOCK_DGRAM);
  const SessionId session = open(Proxy{server->target()}, IpProtocol::udp);
  deliver(session, "hello");
  server.reset();
  deliver(session, "hello");
  deliver(session, "hello");
  run_until_ended(session);
  EXPECT_EQ(heard[session.value].failed, 1);
  EXPECT_TRUE(notes.contain("connection lost: Connection refused"));
}

TEST_F(ProxyTest, AVisitorCannotBeConnectedToItself) {
  const SessionId session = open(Proxy{"192.0.2.1:22", VisitorDisclosure::transparent});
  run_until_ended(session);
  EXPECT_EQ(heard[session.value].failed, 1);
  EXPECT_TRUE(notes.contain("cannot connect to 192.0.2.1:22: the target is the visitor"));
}

TEST_F(ProxyTest, AVisitorHasAShare) {
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
  const auto failed = [&](SessionId session) { return heard[session.value].failed; };
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

TEST_F(ProxyTest, AConnectionOfAProxyThatComesBackIsRefused) {
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
    return heard[session.value].failed;
  };
  EXPECT_EQ(arrive(), 1);
  EXPECT_EQ(arrive(), 1);
  EXPECT_EQ(std::ranges::count_if(notes.texts,
                                  [](const auto& text) { return text.find("loop") != text.npos; }),
            1);
  close(outer);
  EXPECT_EQ(arrive(), 0) << "the port may be somebody else's by now";
}

TEST_F(ProxyTest, AHostMayBeAName) {
  OneConnectionServer server([](int connection) { send_all(connection, "welcome"); });
  const SessionId session = open(Proxy{fmt::format("localhost:{}", server.port())});
  run_until_ended(session);
  EXPECT_EQ(heard[session.value].output, "welcome");
}

TEST_F(ProxyTest, ADatagramStaysOne) {
  LoopbackSocket server(SOCK_DGRAM);
  const SessionId session = open(Proxy{server.target()}, IpProtocol::udp);
  for (const char* text : {"one", "", "three"}) deliver(session, text);
  sockaddr_in from{};
  socklen_t length = sizeof from;
  for (const char* expected : {"one", "", "three"}) {
    std::array<char, 100> room;
    const ssize_t size = recvfrom(server.get(), room.data(), room.size(), 0,
                                  reinterpret_cast<sockaddr*>(&from), &length);
    EXPECT_EQ(std::string(room.data(), static_cast<std::size_t>(size)), expected);
    sendto(server.get(), room.data(), static_cast<std::size_t>(size), 0,
           reinterpret_cast<sockaddr*>(&from), length);
  }
  run_until([&] { return heard[1].datagrams.size() == 3; });
  EXPECT_EQ(heard[1].datagrams, (std::vector<std::string>{"one", "", "three"}));
  EXPECT_EQ(heard[1].consumed, 8u);
  EXPECT_EQ(heard[1].ended, 0);
}

TEST_F(ProxyTest, AClosedUdpPortFails) {
  const std::string target = LoopbackSocket(SOCK_DGRAM).target();  // closed again
  const SessionId session = open(Proxy{target}, IpProtocol::udp);
  deliver(session, "anybody?");
  run_until_ended(session);
  EXPECT_EQ(heard[1].failed, 1);
  EXPECT_TRUE(notes.contain("connection lost: Connection refused"));
}

TEST_F(ProxyTest, ConnectionsBeyondTheLimitFail) {
  restart({.proxies = {.sessions = 1}});
  LoopbackSocket listener(SOCK_STREAM);
  listen(listener.get(), 8);
  const SessionId first = open(Proxy{listener.target()});
  const SessionId second = open(Proxy{listener.target()});
  run_until_ended(second);
  EXPECT_EQ(heard[second.value].failed, 1);
  close(first);
  const SessionId third = open(Proxy{listener.target()});
  run_for(milliseconds{50});
  EXPECT_EQ(heard[third.value].failed, 0);
}

}  // namespace
}  // namespace apiary
