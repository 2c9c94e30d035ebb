#include "device/tun.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include "device/link_monitor.h"
#include "device/testing/private_network.h"
#include "wire/checksum.h"

namespace apiary {
namespace {

/// A UDP socket of this machine, connected to `address`.
FileDescriptor connected_socket(const char* address) {
  FileDescriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(9);
  inet_pton(AF_INET, address, &to.sin_addr);
  EXPECT_EQ(connect(socket.get(), reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
  return socket;
}

/// The datagram that answers `packet` with the same bytes. (Exchanging source and destination,
/// both of addresses and ports, changes no checksum.)
Packet answer_to(Bytes packet, PacketPool& pool) {
  Packet answer = pool.make(packet.size());
  const auto bytes = answer.bytes();
  std::copy(packet.begin(), packet.end(), bytes.begin());
  std::swap_ranges(bytes.begin() + 12, bytes.begin() + 16, bytes.begin() + 16);
  std::swap_ranges(bytes.begin() + 20, bytes.begin() + 22, bytes.begin() + 22);
  return answer;
}

class TunTest : public PrivateNetwork {
 protected:
  void SetUp() override {
    PrivateNetwork::SetUp();
    if (!is_private()) return;
    if (access("/dev/net/tun", F_OK) != 0) GTEST_SKIP() << "no /dev/net/tun";
    run("ip address replace 192.0.2.1/32 dev lo");
  }
};

TEST_F(TunTest, ExchangesPacketsWithTheMachineThroughItsRoutes) {
  AddressSet claimed;
  claimed.add(*parse_ip_prefix("10.3.0.0/16"));
  claimed.add(*parse_ip_prefix("10.9.9.9"));
  auto device = open_device(parse_device_spec("tun:bees0"), {claimed});
  ASSERT_TRUE(device) << to_string(device.error());
  EXPECT_EQ((*device)->name(), "bees0");
  EXPECT_EQ((*device)->link_layer(), LinkLayer::raw_ip);

  PacketPool pool(1 << 20);
  for (const char* address : {"10.3.200.1", "10.9.9.9"}) {
    SCOPED_TRACE(address);
    const FileDescriptor socket = connected_socket(address);
    ASSERT_EQ(send(socket.get(), "hello", 5, 0), 5);
    pollfd readable{(*device)->queues()[0]->descriptor(), POLLIN, 0};
    ASSERT_EQ(poll(&readable, 1, 1000), 1);
    const auto received = (*device)->queues()[0]->receive();
    ASSERT_TRUE(received);
    ASSERT_EQ(received->size(), 1U);  // and not the kernel's own IPv6
    const Packet answer = answer_to(received->front().bytes, pool);
    EXPECT_EQ((*device)->queues()[0]->transmit({&answer, 1}), 1U);

    char text[16];
    pollfd answered{socket.get(), POLLIN, 0};
    ASSERT_EQ(poll(&answered, 1, 1000), 1);
    EXPECT_EQ(recv(socket.get(), text, sizeof text, 0), 5);
  }
}

TEST_F(TunTest, ItsRoutesFollowTheClaim) {
  AddressSet before, after;
  before.add(*parse_ip_prefix("10.3.0.0/16"));
  before.add(*parse_ip_prefix("10.9.9.9"));
  after.add(*parse_ip_prefix("10.3.0.0/16"));
  after.add(*parse_ip_prefix("10.10.0.0/15"));
  auto device = open_device(parse_device_spec("tun:bees0"), {before});
  ASSERT_TRUE(device) << to_string(device.error());
  const std::string routes = "ip -4 route show dev bees0 | cut -d' ' -f1 | xargs echo";
  run("test \"$(" + routes + ")\" = '10.3.0.0/16 10.9.9.9'");
  ASSERT_TRUE((*device)->set_receive_filter({after}));
  run("test \"$(" + routes + ")\" = '10.3.0.0/16 10.10.0.0/15'");
  run("ip route del 10.10.0.0/15");  // somebody else's change is no reason to fail
  ASSERT_TRUE((*device)->set_receive_filter({before}));
  run("test \"$(" + routes + ")\" = '10.3.0.0/16 10.9.9.9'");
}

TEST_F(TunTest, TheKernelRemovesItWithItsRoutes) {
  AddressSet claimed;
  claimed.add(*parse_ip_prefix("10.3.0.0/16"));
  { ASSERT_TRUE(open_device(parse_device_spec("tun:bees0"), {claimed})); }
  run("test -z \"$(ip route show 10.3.0.0/16)\" && ! ip link show bees0 2>/dev/null");
}

TEST_F(TunTest, IsCreatedAgainWhenSomebodyRemovesIt) {
  AddressSet claimed;
  claimed.add(*parse_ip_prefix("10.3.0.0/16"));
  auto device = open_device(parse_device_spec("tun:bees0"), {claimed});
  ASSERT_TRUE(device) << to_string(device.error());
  auto monitor = LinkMonitor::open();
  ASSERT_TRUE(monitor);
  const auto follow = [&] {
    (void)monitor->take_changes();
    const auto found = (*device)->follow(*monitor->look());
    EXPECT_TRUE(found) << to_string(found.error());
    return found.value_or(Followed{});
  };
  EXPECT_FALSE(follow().reopened);
  for (int i = 0; i < 2; ++i) {
    run("ip link del bees0");
    EXPECT_FALSE((*device)->queues()[0]->receive());
    EXPECT_TRUE(follow().reopened);
    run("ip route get 10.3.0.1 | grep -q bees0");
    EXPECT_TRUE((*device)->queues()[0]->receive());
  }
  run("ip link set bees0 down");
  EXPECT_EQ(follow().state, InterfaceState::down);
  run("ip link set bees0 mtu 1300 up");
  EXPECT_EQ(follow().state, InterfaceState::up);
  EXPECT_EQ((*device)->mtu_bytes(), 1300U);
  run("ip route get 10.3.0.1 | grep -q bees0");
  run("ip link set bees0 down && ip link set bees0 up");  // seen together
  EXPECT_EQ(follow().state, InterfaceState::up);
  run("ip route get 10.3.0.1 | grep -q bees0");
}

}  // namespace
}  // namespace apiary
