#include "device/af_xdp.h"

#include <array>

#include "device/link_monitor.h"
#include "device/testing/af_packet_fixture.h"

namespace apiary {
namespace {

/// Each test runs with the program in the driver, and behind it.
class AfXdpTest : public AfPacketFixture, public testing::WithParamInterface<bool> {
 protected:
  tl::expected<std::unique_ptr<Device>, SystemError> open_xdp() const {
    return AfXdp::open("device0", {claimed_}, GetParam());
  }
  /// Has the test end if it fails.
  std::unique_ptr<Device> open() const {
    auto device = open_xdp();
    EXPECT_TRUE(device) << to_string(device.error());
    return device ? std::move(*device) : nullptr;
  }
  /// The last bytes of `count` frames.
  static std::vector<std::uint8_t> fills(DeviceQueue& queue, std::size_t count) {
    std::vector<std::uint8_t> fills;
    while (fills.size() < count) {
      const auto frames = wait_for_frames(queue);
      if (frames.empty()) break;
      for (const ReceivedFrame& frame : frames) fills.push_back(frame.bytes.back());
    }
    return fills;
  }
};
INSTANTIATE_TEST_SUITE_P(Modes, AfXdpTest, testing::Values(false, true), [](const auto& mode) {
  return mode.param ? std::string("generic") : std::string("native");
});

const IpAddress ours = IpAddress::v4(10, 1, 2, 3), others = IpAddress::v4(192, 0, 2, 1);

std::uint64_t ip_packets_of_the_kernel() {
  std::uint64_t count = 0;
  FILE* const file = popen("nstat -az IpInReceives | awk '/IpInReceives/ {print $2}'", "r");
  EXPECT_EQ(std::fscanf(file, "%lu", &count), 1);
  pclose(file);
  return count;
}

TEST_P(AfXdpTest, ClaimedAddressesAreOursAndTheRestIsTheKernels) {
  const auto device = open();
  ASSERT_TRUE(device);
  DeviceQueue& queue = *device->queues()[0];
  Peer peer("peer0");
  const std::uint64_t before = ip_packets_of_the_kernel();
  peer.send(ipv4_frame(device_mac, others, 60, 1));
  peer.send(ipv4_frame(device_mac, ours, 60, 2));
  peer.send(ipv4_frame(broadcast_mac, ours, 60, 3));
  peer.send(ipv4_frame(device_mac, ours, 1'514, 4));
  Frame arp = ipv4_frame(device_mac, ours, 60, 5);
  arp[13] = 0x06;
  peer.send(arp);
  auto received = fills(queue, 4);
  std::ranges::sort(received);
  EXPECT_EQ(received, (std::vector<std::uint8_t>{2, 3, 4, 5}));
  ASSERT_TRUE(queue.receive());
  pollfd readable{queue.descriptor(), POLLIN, 0};
  EXPECT_EQ(poll(&readable, 1, 20), 0) << "the loop would spin";
  EXPECT_EQ(ip_packets_of_the_kernel() - before, 2U) << "frames 1 and 3";
}

TEST_P(AfXdpTest, PassesTaggedAndVeryLargeFramesThroughThePacketSocket) {
  const auto device = open();
  ASSERT_TRUE(device);
  DeviceQueue& queue = *device->queues()[0];
  Peer peer("peer0"), offloading("peer0", true);
  Frame tagged = ipv4_frame(device_mac, ours, 60, 1);
  tagged.insert(tagged.begin() + 12, {0x81, 0x00, 0x00, 0x07});
  peer.send(tagged);
  const auto frames = wait_for_frames(queue);
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].vlan, 7);
  ASSERT_TRUE(queue.receive());

  offloading.send(ipv4_frame(device_mac, ours, 30'000, 8));
  std::size_t bytes = 0;
  while (bytes < 30'000 - 54) {
    const auto parts = wait_for_frames(queue);
    ASSERT_FALSE(parts.empty());
    for (const ReceivedFrame& part : parts) bytes += part.bytes.size() - 54;
  }
}

TEST_P(AfXdpTest, FollowsTheClaim) {
  const auto device = open();
  ASSERT_TRUE(device);
  DeviceQueue& queue = *device->queues()[0];
  Peer peer("peer0");
  AddressSet next;
  next.add(*parse_ip_prefix("192.0.2.1"));
  next.add(*parse_ip_prefix("10.128.0.0/9"));
  ASSERT_TRUE(device->set_receive_filter({next}));
  peer.send(ipv4_frame(device_mac, ours, 60, 1));
  peer.send(ipv4_frame(device_mac, IpAddress::v4(10, 200, 0, 1), 60, 2));
  peer.send(ipv4_frame(device_mac, others, 60, 3));
  EXPECT_EQ(fills(queue, 2), (std::vector<std::uint8_t>{2, 3}));
}

TEST_P(AfXdpTest, FramesStayUntilTheNextReceiveAndTheRingsWrap) {
  const auto device = open();
  ASSERT_TRUE(device);
  DeviceQueue& queue = *device->queues()[0];
  Peer peer("peer0");
  std::size_t received = 0;
  for (int round = 0; round < 250; ++round) {
    for (int i = 0; i < 100; ++i)
      peer.send(
          ipv4_frame(device_mac, ours, 60, static_cast<std::uint8_t>((round * 100 + i) % 251)));
    for (auto frames = queue.receive(); frames && !frames->empty(); frames = queue.receive())
      for (const ReceivedFrame& frame : *frames) {
        ASSERT_EQ(frame.bytes.back(), static_cast<std::uint8_t>(received++ % 251));
        EXPECT_LT(frame.waited, seconds{1});
      }
  }
  EXPECT_EQ(received + queue.counters().receive_drops, 25'000U);
  EXPECT_GT(received, 20'000U);
}

TEST_P(AfXdpTest, KnowsHowLongAFrameWaited) {
  const auto device = open();
  ASSERT_TRUE(device);
  DeviceQueue& queue = *device->queues()[0];
  Peer("peer0").send(ipv4_frame(device_mac, ours, 60, 1));
  usleep(30'000);
  const auto frames = queue.receive();
  ASSERT_TRUE(frames);
  ASSERT_EQ(frames->size(), 1U);
  EXPECT_GE((*frames)[0].waited, milliseconds{25});
}

TEST_P(AfXdpTest, CountsFramesThatFoundNoRoom) {
  const auto device = open();
  ASSERT_TRUE(device);
  DeviceQueue& queue = *device->queues()[0];
  Peer peer("peer0");
  for (int i = 0; i < 20'000; ++i) peer.send(ipv4_frame(device_mac, ours, 60, 1));
  usleep(50'000);
  const std::uint64_t drops = queue.counters().receive_drops;
  EXPECT_GT(drops, 0U);
  EXPECT_EQ(queue.counters().receive_drops, drops) << "not counted twice";
}

TEST_P(AfXdpTest, AnInterfaceHasOneProgramThatGoesWithTheDevice) {
  auto device = open();
  ASSERT_TRUE(device);
  const auto second = open_xdp();
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().what.find("--io packet"), std::string::npos) << second.error().what;
  device.reset();
  EXPECT_TRUE(open());
}

TEST_P(AfXdpTest, ReceivesByThePacketSocketAfterTheInterfaceWasRemoved) {
  const auto device = open();
  ASSERT_TRUE(device);
  DeviceQueue& queue = *device->queues()[0];
  run("ip link del device0");
  for (int i = 0; i < 4; ++i) (void)queue.receive();
  pollfd readable{queue.descriptor(), POLLIN, 0};
  EXPECT_EQ(poll(&readable, 1, 20), 0) << "the loop would spin";
  SetUp();
  auto monitor = LinkMonitor::open();
  ASSERT_TRUE(monitor);
  const auto machine = monitor->look();
  ASSERT_TRUE(machine);
  const auto followed = device->follow(*machine);
  ASSERT_TRUE(followed) << to_string(followed.error());
  EXPECT_TRUE(followed->reopened);
  Peer("peer0").send(ipv4_frame(device_mac, ours, 60, 6));
  EXPECT_EQ(fills(queue, 1), (std::vector<std::uint8_t>{6}));
}

TEST_P(AfXdpTest, JumboFramesTakeThePacketSocket) {
  run("ip link set device0 mtu 9000 && ip link set peer0 mtu 9000");
  const auto device = open();
  ASSERT_TRUE(device);
  DeviceQueue& queue = *device->queues()[0];
  Peer peer("peer0");
  peer.send(ipv4_frame(device_mac, ours, 9'014, 1));
  peer.send(ipv4_frame(device_mac, ours, 60, 2));
  auto received = fills(queue, 2);
  std::ranges::sort(received);
  EXPECT_EQ(received, (std::vector<std::uint8_t>{1, 2}));
}

TEST_F(AfPacketFixture, AfXdpServesOneThread) {
  const auto device = open_device(parse_device_spec("xdp:device0"), {claimed_}, 2);
  ASSERT_FALSE(device);
  EXPECT_NE(device.error().what.find("--threads"), std::string::npos) << device.error().what;
}

TEST_F(AfPacketFixture, AnXdpSocketSendsItself) {
  const auto packets = AfPacketQueue::open(*find_interface("device0"), {claimed_});
  ASSERT_TRUE(packets);
  std::vector<std::unique_ptr<XdpSocket>> sockets;
  auto socket = XdpSocket::open("device0", 0, {});
  ASSERT_TRUE(socket) << to_string(socket.error());
  sockets.push_back(std::move(*socket));
  const auto queue = XdpQueue::make(**packets, std::move(sockets), XdpQueue::SendBy::xdp_socket);
  ASSERT_TRUE(queue);
  Peer peer("peer0");
  PacketPool pool(1 << 24);
  for (int round = 0; round < 25; ++round) {  // more than the socket has frames
    std::vector<Packet> batch;
    for (std::uint8_t i = 0; i < 100; ++i) {
      batch.push_back(pool.make(60));
      const Frame frame = ipv4_frame(peer_mac, others, 60, i);
      std::ranges::copy(frame, batch.back().bytes().begin());
    }
    EXPECT_EQ((*queue)->transmit(batch), 100U);
    for (std::uint8_t i = 0; i < 100; ++i) {
      const auto frame = peer.receive();
      ASSERT_TRUE(frame);
      EXPECT_EQ(frame->back(), i);
    }
  }
}

}  // namespace
}  // namespace apiary
