#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
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

TEST_F(ProxyTest, AConnectionThatTakesTooLongFails) {
  restart({.proxies = {.connect_time = milliseconds{200}}});
  LoopbackSocket listener(SOCK_STREAM);
  listen(listener.get(), 0);
  // Its backlog is full, so the kernel drops further SYNs.
  std::vector<FileDescriptor> others;
  const sockaddr_in address = loopback(listener.port());
  for (int i = 0; i < 3; ++i) {
    others.emplace_back(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    connect(others.back().get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  const SessionId session = open(Proxy{listener.target()});
  run_until_ended(session);
  EXPECT_EQ(heard[session.value].failed, 1);
  EXPECT_TRUE(notes.contain("Connection timed out"));
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
