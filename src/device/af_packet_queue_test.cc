#include "device/af_packet_queue.h"

#include <array>

#include "device/testing/af_packet_fixture.h"

namespace apiary {
namespace {

using AfPacketQueueTest = AfPacketFixture;

TEST_F(AfPacketQueueTest, ReceivesFramesForClaimedAddressesAndItsOwnMacOrBroadcast) {
  const auto device = open();
  ASSERT_TRUE(device);
  DeviceQueue& queue = *device->queues()[0];
  Peer peer("peer0");
  const IpAddress ours = IpAddress::v4(10, 1, 2, 3);
  run("ip link set device0 promisc on");  // as tcpdump does
  peer.send(ipv4_frame(device_mac, IpAddress::v4(192, 0, 2, 1), 60, 1));
  peer.send(ipv4_frame(other_mac, ours, 60, 2));
  peer.send(ipv4_frame(broadcast_mac, ours, 60, 3));
  peer.send(ipv4_frame(device_mac, ours, 60, 4));
  peer.send(ipv4_frame(device_mac, ours, 1514, 5));

  std::vector<std::uint8_t> fills;
  while (fills.size() < 3) {
    const auto frames = wait_for_frames(queue);
    if (frames.empty()) break;
    for (const ReceivedFrame& frame : frames) fills.push_back(frame.bytes.back());
  }
  EXPECT_EQ(fills, (std::vector<std::uint8_t>{3, 4, 5}));
}

TEST_F(AfPacketQueueTest, SeveralQueuesShareThePackets) {
  constexpr std::uint8_t count = 3;
  const auto opened = AfPacket::open("device0", {.addresses = claimed_}, count);
  ASSERT_TRUE(opened) << to_string(opened.error());
  const Device& device = **opened;
  ASSERT_EQ(device.queues().size(), count);
  Peer peer("peer0");
  std::vector<std::vector<std::uint8_t>> expected(count), received(count);
  for (std::uint8_t i = 1; i <= 30; ++i) {
    const IpAddress host = IpAddress::v4(10, 1, 2, i);
    peer.send(ipv4_frame(device_mac, host, 60, i));
    expected[ShardShare{0, count}.owner_of(host)].push_back(i);
  }
  for (std::size_t k = 0; k < count; ++k) {
    while (received[k].size() < expected[k].size()) {
      const auto frames = wait_for_frames(*device.queues()[k]);
      if (frames.empty()) break;
      for (const ReceivedFrame& frame : frames) received[k].push_back(frame.bytes.back());
    }
    EXPECT_FALSE(received[k].empty());
    EXPECT_EQ(received[k], expected[k]) << k;
  }
}

TEST_F(AfPacketQueueTest, RemovesTagsAndReportsTheVlan) {
  const auto device = open();
  ASSERT_TRUE(device);
  DeviceQueue& queue = *device->queues()[0];
  Peer peer("peer0");
  struct Case {
    const char* name;
    std::array<std::uint8_t, 4> tag;
    std::uint16_t vlan;
  };
  const Case cases[] = {{"VLAN 7", {0x81, 0x00, 0x00, 0x07}, 7},
                        {"VLAN 4095 and a priority", {0x81, 0x00, 0xef, 0xff}, 4095},
                        {"a provider's VLAN", {0x88, 0xa8, 0x00, 0x07}, 7},
                        {"no VLAN", {0x81, 0x00, 0x00, 0x00}, 0},
                        {"a priority only", {0x81, 0x00, 0xe0, 0x00}, 0},
                        {"a priority only, of a provider", {0x88, 0xa8, 0x20, 0x00}, 0}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const Frame untagged = ipv4_frame(device_mac, IpAddress::v4(10, 1, 2, 3), 60, 1);
    Frame tagged = untagged;
    tagged.insert(tagged.begin() + 12, c.tag.begin(), c.tag.end());
    Frame elsewhere = ipv4_frame(device_mac, IpAddress::v4(192, 0, 2, 1), 60, 2);
    elsewhere.insert(elsewhere.begin() + 12, c.tag.begin(), c.tag.end());
    peer.send(elsewhere);  // not claimed: not even counted
    peer.send(tagged);
    const auto frames = wait_for_frames(queue);
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_EQ(frames[0].vlan, c.vlan);
    EXPECT_TRUE(std::ranges::equal(frames[0].bytes, untagged));
    ASSERT_TRUE(queue.receive());
  }
  Frame request = ipv4_frame(broadcast_mac, IpAddress::v4(10, 1, 2, 3), 60, 3);
  request[13] = 0x06;  // ARP
  const std::uint8_t tag[] = {0x81, 0x00, 0x00, 0x07};
  Frame of_vlan = request;
  of_vlan.insert(of_vlan.begin() + 12, std::begin(tag), std::end(tag));
  peer.send(of_vlan);  // of another link
  peer.send(request);
  EXPECT_EQ(wait_for_frames(queue).size(), 1U);
}

TEST_F(AfPacketQueueTest, FramesStayUntilTheNextReceiveAndTheRingWraps) {
  const auto device = open();
  ASSERT_TRUE(device);
  DeviceQueue& queue = *device->queues()[0];
  Peer peer("peer0");
  std::size_t received = 0;
  for (int round = 0; round < 250; ++round) {
    for (int i = 0; i < 100; ++i)
      peer.send(ipv4_frame(device_mac, IpAddress::v4(10, 0, 0, 1), 60,
                           static_cast<std::uint8_t>((round * 100 + i) % 251)));
    while (true) {
      const auto frames = queue.receive();
      ASSERT_TRUE(frames);
      if (frames->empty()) break;
      for (const ReceivedFrame& frame : *frames)
        ASSERT_EQ(frame.bytes.back(), static_cast<std::uint8_t>(received++ % 251));
    }
  }
  EXPECT_EQ(received, 25'000U);
  EXPECT_EQ(queue.counters().receive_drops, 0U);
}

TEST_F(AfPacketQueueTest, WaitsWithoutSpinningWhenAllIsReceived) {
  const auto device = open();
  ASSERT_TRUE(device);
  DeviceQueue& queue = *device->queues()[0];
  Peer("peer0").send(ipv4_frame(device_mac, IpAddress::v4(10, 0, 0, 1), 60, 1));
  EXPECT_EQ(wait_for_frames(queue).size(), 1U);
  ASSERT_TRUE(queue.receive());  // gives the slot back
  pollfd readable{queue.descriptor(), POLLIN, 0};
  EXPECT_EQ(poll(&readable, 1, 20), 0);
}

TEST_F(AfPacketQueueTest, CountsFramesThatFoundTheRingFull) {
  const auto device = open();
  ASSERT_TRUE(device);
  DeviceQueue& queue = *device->queues()[0];
  Peer peer("peer0");
  for (int i = 0; i < 25'000; ++i)
    peer.send(ipv4_frame(device_mac, IpAddress::v4(10, 0, 0, 1), 60, 1));
  const DeviceCounters counters = queue.counters();
  EXPECT_GT(counters.receive_drops, 0U);
  EXPECT_EQ(queue.counters().receive_drops, counters.receive_drops);  // not counted twice
}

TEST_F(AfPacketQueueTest, SuperFramesArriveWholeAndWithoutChecksum) {
  const auto device = open();
  ASSERT_TRUE(device);
  DeviceQueue& queue = *device->queues()[0];
  Peer peer("peer0", true);
  peer.send(ipv4_frame(device_mac, IpAddress::v4(10, 0, 0, 1), 64'000, 7));
  peer.send(ipv4_frame(device_mac, IpAddress::v4(10, 0, 0, 1), 30'000, 8));
  std::size_t sizes[2] = {};
  std::size_t count = 0;
  while (count < 2) {
    const auto frames = wait_for_frames(queue);
    ASSERT_FALSE(frames.empty());
    for (const ReceivedFrame& frame : frames) {
      ASSERT_LT(count, 2U);
      EXPECT_TRUE(frame.checksum_pending);
      EXPECT_EQ(frame.bytes.back(), 7 + count);
      sizes[count++] = frame.bytes.size();
    }
  }
  EXPECT_EQ(sizes[0], 64'000U);
  EXPECT_EQ(sizes[1], 30'000U);
}

TEST_F(AfPacketQueueTest, TransmitsABatchInOrderAndSkipsTooLargePackets) {
  const auto device = open();
  ASSERT_TRUE(device);
  DeviceQueue& queue = *device->queues()[0];
  Peer peer("peer0");
  PacketPool pool(1 << 20);
  std::vector<Packet> packets;
  for (std::uint8_t i = 0; i < 50; ++i) {
    packets.push_back(pool.make(i == 20 ? 1'800 : 60));
    const Frame frame = ipv4_frame(peer_mac, IpAddress::v4(192, 0, 2, 9), packets.back().size(), i);
    std::copy(frame.begin(), frame.end(), packets.back().bytes().begin());
  }
  EXPECT_EQ(queue.transmit(packets), 50U);
  EXPECT_EQ(queue.counters().skipped, 1U);
  for (std::uint8_t i = 0; i < 50; ++i) {
    if (i == 20) continue;
    const auto frame = peer.receive();
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->back(), i);
  }
}

TEST_F(AfPacketQueueTest, ReportsThatTheInterfaceWentDownAndContinuesWhenItIsUp) {
  const auto device = open();
  ASSERT_TRUE(device);
  DeviceQueue& queue = *device->queues()[0];
  run("ip link set device0 down");
  const auto while_down = queue.receive();
  ASSERT_FALSE(while_down);
  EXPECT_EQ(while_down.error().number, ENETDOWN);
  EXPECT_TRUE(queue.receive());  // reported once

  run("ip link set device0 up");
  Peer peer("peer0");
  // The kernel notices the carrier after a while, and drops frames sent before.
  bool is_heard = false;
  for (int i = 0; i < 20 && !is_heard; ++i) {
    peer.send(ipv4_frame(device_mac, IpAddress::v4(10, 0, 0, 1), 60, 9));
    is_heard = !wait_for_frames(queue).empty();
  }
  EXPECT_TRUE(is_heard);
}

}  // namespace
}  // namespace apiary
