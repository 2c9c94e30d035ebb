#include "device/gre_tunnel.h"

#include <poll.h>

#include <algorithm>

#include "device/testing/private_network.h"

namespace apiary {
namespace {

const IpAddress here = IpAddress::v4(192, 0, 2, 1), there = IpAddress::v4(192, 0, 2, 2),
                elsewhere = IpAddress::v4(192, 0, 2, 3);

class GreTunnelTest : public PrivateNetwork {
 protected:
  void SetUp() override {
    PrivateNetwork::SetUp();
    if (!is_private()) return;
    for (const IpAddress& address : {here, there, elsewhere})
      run("ip address replace " + to_string(address) + "/32 dev lo");
  }

  /// Sends `size` bytes of `value` into `from`. Returns the number that `to` receives in `wait_ms`.
  static std::size_t carry(const Device& from, const Device& to, std::size_t size,
                           std::uint8_t value, int wait_ms) {
    PacketPool pool(1 << 20);
    Packet packet = pool.make(size);
    std::fill(packet.bytes().begin(), packet.bytes().end(), value);
    EXPECT_EQ(from.queues()[0]->transmit({&packet, 1}), 1U);
    pollfd readable{to.queues()[0]->descriptor(), POLLIN, 0};
    if (poll(&readable, 1, wait_ms) != 1) return 0;
    const auto received = to.queues()[0]->receive();
    if (!received || received->empty()) return 0;
    const Bytes bytes = received->front().bytes;
    return std::count(bytes.begin(), bytes.end(), value) == std::ptrdiff_t(bytes.size())
               ? bytes.size()
               : 0;
  }
};

TEST_F(GreTunnelTest, CarriesPacketsBetweenItsEnds) {
  struct Case {
    const char* name;
    std::optional<std::uint32_t> key;
    bool has_checksums;
  };
  for (const Case& c : {Case{"bare", {}, false}, Case{"with a key", 7, false},
                        Case{"with a key and checksums", 8, true}}) {
    SCOPED_TRACE(c.name);
    auto mine = GreTunnel::open({here, there, c.key, c.has_checksums});
    auto theirs = GreTunnel::open({there, here, c.key, c.has_checksums});
    ASSERT_TRUE(mine) << to_string(mine.error());
    ASSERT_TRUE(theirs) << to_string(theirs.error());
    EXPECT_EQ(carry(**mine, **theirs, 100, 0x45, 1000), 100U);
    EXPECT_EQ(carry(**theirs, **mine, 1476, 0x46, 1000), 1476U);
  }
}

TEST_F(GreTunnelTest, ReceivesNothingElse) {
  auto tunnel = GreTunnel::open({here, there, 7});
  ASSERT_TRUE(tunnel) << to_string(tunnel.error());
  auto of_another_key = GreTunnel::open({there, here, 8});
  auto of_no_key = GreTunnel::open({there, here});
  auto from_elsewhere = GreTunnel::open({elsewhere, here, 7});
  for (auto* const other : {&of_another_key, &of_no_key, &from_elsewhere}) {
    ASSERT_TRUE(*other);
    EXPECT_EQ(carry(***other, **tunnel, 100, 0x45, 100), 0U) << (**other)->name();
  }
}

TEST_F(GreTunnelTest, LeavesRoomForItsHeaders) {
  run("ip link add gre-test0 type veth peer name gre-test1 && ip link set gre-test0 up && "
      "ip link set gre-test1 up && ip address add 198.51.100.1/24 dev gre-test0");
  const IpAddress local = IpAddress::v4(198, 51, 100, 1), remote = IpAddress::v4(198, 51, 100, 2);
  EXPECT_EQ(GreTunnel::open({local, remote}).value()->mtu_bytes(), 1476U);
  EXPECT_EQ(GreTunnel::open({local, remote, 7, true}).value()->mtu_bytes(), 1468U);
}

TEST_F(GreTunnelTest, NeedsALocalAddressOfThisMachine) {
  const auto tunnel = GreTunnel::open({IpAddress::v4(198, 51, 101, 1), there});
  ASSERT_FALSE(tunnel);
  EXPECT_EQ(
      to_string(tunnel.error()),
      "a tunnel must begin at an address of this machine, and 198.51.101.1 is none: add it to "
      "an interface (ip address add 198.51.101.1/32 dev lo), or name another");
}

}  // namespace
}  // namespace apiary
