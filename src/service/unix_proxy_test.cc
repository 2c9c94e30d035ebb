#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <memory>

#include "service/testing/proxy_headers.h"
#include "service/testing/service_fixture.h"
#include "service/testing/test_sockets.h"

namespace apiary {
namespace {

using UnixProxyTest = ServiceTest;

TEST_F(UnixProxyTest, ATargetMayBeAUnixSocket) {
  UnixSocket server(directory + "/stream", SOCK_STREAM);
  const SessionId session = open(Proxy{server.target(), VisitorDisclosure::proxy_protocol});
  deliver(session, "hello");
  end_input(session);
  const FileDescriptor connection(accept(server.get(), nullptr, nullptr));
  run_for(milliseconds{20});
  send_all(connection.get(), read_to_end(connection.get()));
  shutdown(connection.get(), SHUT_WR);
  run_until_ended(session);
  EXPECT_EQ(received[1].output, tcp_header + "hello");
}

TEST_F(UnixProxyTest, AUnixSocketWhoseQueueIsFullIsWaitedFor) {
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
  for (const SessionId session : sessions) EXPECT_EQ(received[session.value].output, "hello");
}

TEST_F(UnixProxyTest, AUnixSocketOfDatagramsAnswers) {
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
  run_until([&] { return !received[1].datagrams.empty(); });
  EXPECT_EQ(received[1].datagrams, std::vector<std::string>{"hi"});
}

TEST_F(UnixProxyTest, AUnixSocketOfDatagramsThatClosesFails) {
  auto server = std::make_unique<UnixSocket>(directory + "/datagrams", SOCK_DGRAM);
  const SessionId session = open(Proxy{server->target()}, IpProtocol::udp);
  deliver(session, "hello");
  server.reset();
  deliver(session, "hello");
  deliver(session, "hello");
  run_until_ended(session);
  EXPECT_EQ(received[session.value].failed, 1);
  EXPECT_TRUE(notes.contain("connection lost: Connection refused"));
}

}  // namespace
}  // namespace apiary
