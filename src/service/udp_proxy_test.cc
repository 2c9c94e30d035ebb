#include <netinet/in.h>
#include <sys/socket.h>

#include <array>

#include "service/testing/proxy_headers.h"
#include "service/testing/service_fixture.h"
#include "service/testing/test_sockets.h"

namespace apiary {
namespace {

using UdpProxyTest = ServiceTest;

TEST_F(UdpProxyTest, EachDatagramHasAProxyHeader) {
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
  EXPECT_EQ(received[1].consumed, 3U);
}

TEST_F(UdpProxyTest, ADatagramStaysOne) {
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
  run_until([&] { return received[1].datagrams.size() == 3; });
  EXPECT_EQ(received[1].datagrams, (std::vector<std::string>{"one", "", "three"}));
  EXPECT_EQ(received[1].consumed, 8u);
  EXPECT_EQ(received[1].ended, 0);
}

TEST_F(UdpProxyTest, AClosedUdpPortFails) {
  const std::string target = LoopbackSocket(SOCK_DGRAM).target();  // closed again
  const SessionId session = open(Proxy{target}, IpProtocol::udp);
  deliver(session, "anybody?");
  run_until_ended(session);
  EXPECT_EQ(received[1].failed, 1);
  EXPECT_TRUE(notes.contain("connection lost: Connection refused"));
}

}  // namespace
}  // namespace apiary
