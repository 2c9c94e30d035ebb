#include "device/af_packet.h"

#include <gtest/gtest.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cstring>
#include <optional>

#include "device/link_monitor.h"
#include "device/testing/private_network.h"
#include "wire/ethernet.h"

namespace apiary {
namespace {

using Frame = std::vector<std::uint8_t>;

/// What precedes a frame on a socket with PACKET_VNET_HDR (virtio 1.1 section 5.1.6; the system's
/// own header is not C++).
struct OffloadHeader {
  std::uint8_t flags = 1;     // the checksum is to be filled in
  std::uint8_t gso_type = 1;  // TCP over IPv4
  std::uint16_t header_bytes = 54, segment_bytes = 1448, checksum_start = 34, checksum_offset = 16;
};

/// The far end of the wire: sends any bytes, and sees any.
class Peer {
 public:
  explicit Peer(const char* interface, bool offloading = false)
      : socket_(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)), offloading_(offloading) {
    const int on = 1;
    setsockopt(socket_.get(), SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on);
    if (offloading) setsockopt(socket_.get(), SOL_PACKET, PACKET_VNET_HDR, &on, sizeof on);
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ETH_P_ALL);
    address.sll_ifindex = static_cast<int>(if_nametoindex(interface));
    EXPECT_EQ(bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }

  /// Sends `frame`, when `offloading` as a TCP super-frame whose segmentation and checksum are
  /// left to hardware.
  void send(Frame frame) {
    if (offloading_) {
      const OffloadHeader header;
      const auto* bytes = reinterpret_cast<const std::uint8_t*>(&header);
      frame.insert(frame.begin(), bytes, bytes + sizeof header);
    }
    ASSERT_EQ(::send(socket_.get(), frame.data(), frame.size(), 0),
              static_cast<ssize_t>(frame.size()))
        << std::strerror(errno);
  }

  /// The next frame of IPv4, if one comes within a second.
  std::optional<Frame> receive() {
    Frame frame(65'536);
    pollfd readable{socket_.get(), POLLIN, 0};
    while (poll(&readable, 1, 1000) == 1) {
      const ssize_t size = recv(socket_.get(), frame.data(), frame.size(), 0);
      if (size < 14 || frame[12] != 8 || frame[13] != 0) continue;
      frame.resize(static_cast<std::size_t>(size));
      return frame;
    }
    return {};
  }

 private:
  FileDescriptor socket_;
  bool offloading_;
};

class AfPacketTest : public PrivateNetwork {
 protected:
  void SetUp() override {
    PrivateNetwork::SetUp();
    if (!is_private()) return;
    run("ip link add device0 type veth peer name peer0");
    run("ip link set device0 address 02:00:00:00:00:01 up && "
        "ip link set peer0 address 02:00:00:00:00:02 up");
    claimed_.add(*parse_ip_prefix("10.0.0.0/8"));
  }
  void TearDown() override {
    if (is_private()) run("ip link del device0");
  }

  std::unique_ptr<Device> open() {
    auto device = AfPacket::open("device0", {claimed_});
    EXPECT_TRUE(device) << to_string(device.error());
    return device ? std::move(*device) : nullptr;
  }

  /// Waits for frames; gives what came within a second.
  static std::span<const ReceivedFrame> wait_for_frames(Device& device) {
    pollfd readable{device.descriptor(), POLLIN, 0};
    if (poll(&readable, 1, 1000) != 1) return {};
    const auto frames = device.receive();
    EXPECT_TRUE(frames) << to_string(frames.error());
    return frames ? *frames : std::span<const ReceivedFrame>{};
  }

  /// What the device finds its interface to be.
  Followed follow(Device& device) {
    if (!monitor_) monitor_ = std::move(*LinkMonitor::open());
    (void)monitor_->take_changes();
    const auto found = device.follow(*monitor_->look());
    EXPECT_TRUE(found) << to_string(found.error());
    return found.value_or(Followed{});
  }

  AddressSet claimed_;
  std::optional<LinkMonitor> monitor_;
};

constexpr MacAddress device_mac{{2, 0, 0, 0, 0, 1}}, peer_mac{{2, 0, 0, 0, 0, 2}};
constexpr MacAddress other_mac{{2, 0, 0, 0, 0, 3}};

Frame ipv4_frame(MacAddress destination, IpAddress address, std::size_t size, std::uint8_t fill) {
  Frame frame(size, fill);
  std::copy(destination.bytes.begin(), destination.bytes.end(), frame.begin());
  std::copy(peer_mac.bytes.begin(), peer_mac.bytes.end(), frame.begin() + 6);
  frame[12] = 8;
  frame[13] = 0;
  frame[14] = 0x45;
  frame[16] = static_cast<std::uint8_t>((size - 14) >> 8);
  frame[17] = static_cast<std::uint8_t>(size - 14);
  frame[23] = 6;
  std::copy_n(address.bytes().begin() + 12, 4, frame.begin() + 30);
  frame[46] = 0x50;
  return frame;
}

TEST_F(AfPacketTest, ReportsTheInterface) {
  const auto device = open();
  ASSERT_TRUE(device);
  EXPECT_EQ(device->name(), "device0");
  EXPECT_EQ(device->link_layer(), LinkLayer::ethernet);
  EXPECT_EQ(device->mac(), device_mac);
  EXPECT_EQ(device->mtu_bytes(), 1500U);
}

TEST_F(AfPacketTest, ReceivesWhatIsForClaimedAddressesAndForItsOwnMacOrAll) {
  const auto device = open();
  ASSERT_TRUE(device);
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
    const auto frames = wait_for_frames(*device);
    if (frames.empty()) break;
    for (const ReceivedFrame& frame : frames) fills.push_back(frame.bytes.back());
  }
  EXPECT_EQ(fills, (std::vector<std::uint8_t>{3, 4, 5}));
}

TEST_F(AfPacketTest, ReceivesWhatIsClaimedNow) {
  const auto device = open();
  ASSERT_TRUE(device);
  Peer peer("peer0");
  AddressSet many, other;  // filters of a size of which the kernel holds no two
  for (std::uint32_t i = 0; i < 2'000; ++i)
    many.add({IpAddress::v4((11U << 24) + 4 * i), IpAddress::v4((11U << 24) + 4 * i + 1)});
  other.add(*parse_ip_prefix("12.0.0.0/8"));
  struct Case {
    const AddressSet& claimed;
    IpAddress inside, outside;
  };
  std::uint8_t number = 0;
  for (const Case& c : {Case{many, IpAddress::v4(11, 0, 0, 5), IpAddress::v4(10, 1, 2, 3)},
                        Case{many, IpAddress::v4(11, 0, 0, 4), IpAddress::v4(10, 1, 2, 3)},
                        Case{other, IpAddress::v4(12, 0, 0, 1), IpAddress::v4(11, 0, 0, 1)}}) {
    SCOPED_TRACE(to_string(c.inside));
    const auto claimed = device->set_receive_filter({c.claimed});
    ASSERT_TRUE(claimed) << to_string(claimed.error());
    peer.send(ipv4_frame(device_mac, c.outside, 60, 0));
    peer.send(ipv4_frame(device_mac, c.inside, 60, ++number));
    const auto frames = wait_for_frames(*device);
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_EQ(frames[0].bytes.back(), number);
    ASSERT_TRUE(device->receive());
  }
}

TEST_F(AfPacketTest, TakesTagsOffAndTellsTheVlan) {
  const auto device = open();
  ASSERT_TRUE(device);
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
    peer.send(elsewhere);  // not claimed: not even to be counted
    peer.send(tagged);
    const auto frames = wait_for_frames(*device);
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_EQ(frames[0].vlan, c.vlan);
    EXPECT_TRUE(std::ranges::equal(frames[0].bytes, untagged));
    ASSERT_TRUE(device->receive());
  }
  Frame request = ipv4_frame(broadcast_mac, IpAddress::v4(10, 1, 2, 3), 60, 3);
  request[13] = 0x06;  // ARP
  const std::uint8_t tag[] = {0x81, 0x00, 0x00, 0x07};
  Frame of_vlan = request;
  of_vlan.insert(of_vlan.begin() + 12, std::begin(tag), std::end(tag));
  peer.send(of_vlan);  // the noise of another link
  peer.send(request);
  EXPECT_EQ(wait_for_frames(*device).size(), 1U);
}

TEST_F(AfPacketTest, FramesStayUntilTheNextReceiveAndTheRingGoesRound) {
  const auto device = open();
  ASSERT_TRUE(device);
  Peer peer("peer0");
  std::size_t received = 0;
  for (int round = 0; round < 100; ++round) {
    for (int i = 0; i < 100; ++i)
      peer.send(ipv4_frame(device_mac, IpAddress::v4(10, 0, 0, 1), 60,
                           static_cast<std::uint8_t>((round * 100 + i) % 251)));
    while (true) {
      const auto frames = device->receive();
      ASSERT_TRUE(frames);
      if (frames->empty()) break;
      for (const ReceivedFrame& frame : *frames)
        ASSERT_EQ(frame.bytes.back(), static_cast<std::uint8_t>(received++ % 251));
    }
  }
  EXPECT_EQ(received, 10'000U);
  EXPECT_EQ(device->counters().receive_drops, 0U);
}

TEST_F(AfPacketTest, WaitsWithoutSpinningOnceAllIsReceived) {
  const auto device = open();
  ASSERT_TRUE(device);
  Peer("peer0").send(ipv4_frame(device_mac, IpAddress::v4(10, 0, 0, 1), 60, 1));
  EXPECT_EQ(wait_for_frames(*device).size(), 1U);
  ASSERT_TRUE(device->receive());  // gives the slot back
  pollfd readable{device->descriptor(), POLLIN, 0};
  EXPECT_EQ(poll(&readable, 1, 20), 0);
}

TEST_F(AfPacketTest, CountsWhatFoundTheRingFull) {
  const auto device = open();
  ASSERT_TRUE(device);
  Peer peer("peer0");
  for (int i = 0; i < 5'000; ++i)
    peer.send(ipv4_frame(device_mac, IpAddress::v4(10, 0, 0, 1), 60, 1));
  const DeviceCounters counters = device->counters();
  EXPECT_GT(counters.receive_drops, 0U);
  EXPECT_EQ(device->counters().receive_drops, counters.receive_drops);  // not counted twice
}

TEST_F(AfPacketTest, SuperFramesArriveWholeAndWithoutChecksum) {
  const auto device = open();
  ASSERT_TRUE(device);
  Peer peer("peer0", true);
  peer.send(ipv4_frame(device_mac, IpAddress::v4(10, 0, 0, 1), 64'000, 7));
  peer.send(ipv4_frame(device_mac, IpAddress::v4(10, 0, 0, 1), 30'000, 8));
  std::size_t sizes[2] = {};
  std::size_t count = 0;
  while (count < 2) {
    const auto frames = wait_for_frames(*device);
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

TEST_F(AfPacketTest, TransmitsABatchInOrderAndPassesOverWhatIsTooLarge) {
  const auto device = open();
  ASSERT_TRUE(device);
  Peer peer("peer0");
  PacketPool pool(1 << 20);
  std::vector<Packet> packets;
  for (std::uint8_t i = 0; i < 50; ++i) {
    packets.push_back(pool.make(i == 20 ? 1'800 : 60));
    const Frame frame = ipv4_frame(peer_mac, IpAddress::v4(192, 0, 2, 9), packets.back().size(), i);
    std::copy(frame.begin(), frame.end(), packets.back().bytes().begin());
  }
  EXPECT_EQ(device->transmit(packets), 50U);
  EXPECT_EQ(device->counters().skipped, 1U);
  for (std::uint8_t i = 0; i < 50; ++i) {
    if (i == 20) continue;
    const auto frame = peer.receive();
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->back(), i);
  }
}

TEST_F(AfPacketTest, TellsThatTheInterfaceWentDownAndWorksOnWhenItIsBack) {
  const auto device = open();
  ASSERT_TRUE(device);
  run("ip link set device0 down");
  const auto while_down = device->receive();
  ASSERT_FALSE(while_down);
  EXPECT_EQ(while_down.error().number, ENETDOWN);
  EXPECT_TRUE(device->receive());  // told once

  run("ip link set device0 up");
  Peer peer("peer0");
  // The kernel notes by and by that the wire is there again, and drops what is sent before.
  bool is_heard = false;
  for (int i = 0; i < 20 && !is_heard; ++i) {
    peer.send(ipv4_frame(device_mac, IpAddress::v4(10, 0, 0, 1), 60, 9));
    is_heard = !wait_for_frames(*device).empty();
  }
  EXPECT_TRUE(is_heard);
}

TEST_F(AfPacketTest, SaysWhatIsWrongWithAnInterface) {
  run("ip link set device0 down");
  struct Case {
    const char* interface;
    const char* said;
  };
  for (const Case& c :
       {Case{"eth77", "there is no interface eth77; interfaces: lo, "},
        Case{"a-name-that-is-far-too-long", "there is no interface a-name"},
        Case{"lo", "lo is not an Ethernet interface"},
        Case{"device0", "device0 is down: ip link set device0 up"},
        Case{"tun:a-name-that-is-far-too-long", "the name must have 1 to 15 characters"}}) {
    SCOPED_TRACE(c.interface);
    const auto device = open_device(c.interface, {claimed_});
    ASSERT_FALSE(device);
    EXPECT_NE(to_string(device.error()).find(c.said), std::string::npos) << device.error().what;
  }
}

TEST_F(AfPacketTest, FollowsItsInterface) {
  const auto device = open();
  ASSERT_TRUE(device);
  ASSERT_TRUE(device->set_receive_filter({claimed_, {other_mac}}));
  EXPECT_EQ(follow(*device).state, InterfaceState::up);
  const IpAddress ours = IpAddress::v4(10, 1, 2, 3);
  const auto hears = [&](const MacAddress& mac) {
    for (int i = 0; i < 3; ++i) (void)device->receive();  // what waits, and reports of trouble
    Peer("peer0").send(ipv4_frame(mac, ours, 60, 7));
    pollfd readable{device->descriptor(), POLLIN, 0};
    if (poll(&readable, 1, 1000) != 1) return false;
    const auto frames = device->receive();
    return frames && frames->size() == 1;
  };
  EXPECT_TRUE(hears(device_mac));
  EXPECT_TRUE(hears(other_mac));

  run("ip link set device0 down");
  EXPECT_EQ(follow(*device).state, InterfaceState::down);
  run("ip link set device0 up && ip link set peer0 down");
  EXPECT_EQ(follow(*device).state, InterfaceState::no_link);
  run("ip link set peer0 up mtu 1300 && ip link set device0 mtu 1300");
  EXPECT_EQ(follow(*device).state, InterfaceState::up);
  EXPECT_EQ(device->mtu_bytes(), 1300U);
  EXPECT_TRUE(hears(device_mac));

  run("ip link del device0");
  EXPECT_EQ(follow(*device).state, InterfaceState::gone);
  run("ip link add device0 type veth peer name peer0 && "
      "ip link set device0 address 02:00:00:00:00:09 up && ip link set peer0 up");
  const Followed back = follow(*device);
  EXPECT_EQ(back.state, InterfaceState::up);
  EXPECT_TRUE(back.reopened);
  EXPECT_FALSE(follow(*device).reopened);
  const MacAddress new_mac{{2, 0, 0, 0, 0, 9}};
  EXPECT_EQ(device->mac(), new_mac);
  EXPECT_EQ(device->mtu_bytes(), 1500U);
  EXPECT_TRUE(hears(new_mac));
  EXPECT_TRUE(hears(other_mac)) << "as the card of the new interface is told again";

  PacketPool pool(1 << 20);
  Packet packet = pool.make(60);
  const auto frame = ipv4_frame(new_mac, ours, 60, 8);
  std::copy(frame.begin(), frame.end(), packet.bytes().begin());
  EXPECT_EQ(device->transmit({&packet, 1}), 1U);

  run("ip link set device0 down && ip link set device0 name other0 && ip link set other0 up");
  EXPECT_EQ(follow(*device).state, InterfaceState::gone);
  EXPECT_FALSE(hears(new_mac)) << "that is somebody else's now";
  EXPECT_EQ(device->transmit({&packet, 1}), 0U);
  run("ip link set other0 down && ip link set other0 name device0 && ip link set device0 up");
  EXPECT_TRUE(follow(*device).reopened);
  EXPECT_TRUE(hears(new_mac));
}

TEST_F(AfPacketTest, HasTheFirstNameOfItsInterface) {
  run("ip link property add dev device0 altname another0 altname "
      "a-name-that-is-longer-than-the-kernels-first-ones");
  for (const char* name : {"another0", "a-name-that-is-longer-than-the-kernels-first-ones"}) {
    auto device = AfPacket::open(name, {claimed_});
    ASSERT_TRUE(device) << to_string(device.error());
    EXPECT_EQ((*device)->name(), "device0");
  }
}

}  // namespace
}  // namespace apiary
