#include "device/af_packet.h"

#include <optional>

#include "device/link_monitor.h"
#include "device/testing/af_packet_fixture.h"

namespace apiary {
namespace {

class AfPacketTest : public AfPacketFixture {
 protected:
  /// Makes the device look at its interface.
  Followed follow(Device& device) {
    if (!monitor_) monitor_ = std::move(*LinkMonitor::open());
    (void)monitor_->take_changes();
    const auto found = device.follow(*monitor_->look());
    EXPECT_TRUE(found) << to_string(found.error());
    return found.value_or(Followed{});
  }

 private:
  std::optional<LinkMonitor> monitor_;
};

TEST_F(AfPacketTest, ReportsTheInterface) {
  const auto device = open();
  ASSERT_TRUE(device);
  EXPECT_EQ(device->name(), "device0");
  EXPECT_EQ(device->link_layer(), LinkLayer::ethernet);
  EXPECT_EQ(device->mac(), device_mac);
  EXPECT_EQ(device->mtu_bytes(), 1500U);
}

TEST_F(AfPacketTest, ItsReceiveFilterChanges) {
  const auto device = open();
  ASSERT_TRUE(device);
  DeviceQueue& queue = *device->queues()[0];
  Peer peer("peer0");
  AddressSet many, other;  // the kernel has no room for two filters of this size
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
    const auto frames = wait_for_frames(queue);
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_EQ(frames[0].bytes.back(), number);
    ASSERT_TRUE(queue.receive());
  }
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
    const auto device = open_device(parse_device_spec(c.interface), {claimed_});
    ASSERT_FALSE(device);
    EXPECT_NE(to_string(device.error()).find(c.said), std::string::npos) << device.error().what;
  }
}

TEST_F(AfPacketTest, FollowsItsInterface) {
  const auto device = open();
  ASSERT_TRUE(device);
  DeviceQueue& queue = *device->queues()[0];
  ASSERT_TRUE(device->set_receive_filter({claimed_, {other_mac}}));
  EXPECT_EQ(follow(*device).state, InterfaceState::up);
  const IpAddress ours = IpAddress::v4(10, 1, 2, 3);
  const auto hears = [&](const MacAddress& mac) {
    for (int i = 0; i < 3; ++i) (void)queue.receive();  // waiting frames and errors
    Peer("peer0").send(ipv4_frame(mac, ours, 60, 7));
    pollfd readable{queue.descriptor(), POLLIN, 0};
    if (poll(&readable, 1, 1000) != 1) return false;
    const auto frames = queue.receive();
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
  const MacAddress third_mac{{2, 0, 0, 0, 0, 4}};
  ASSERT_TRUE(device->set_receive_filter({claimed_, {other_mac, third_mac}}));
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
  EXPECT_TRUE(hears(other_mac)) << "the card of the new interface receives it, too";
  EXPECT_TRUE(hears(third_mac)) << "the filter was set while there was no interface";

  PacketPool pool(1 << 20);
  Packet packet = pool.make(60);
  const auto frame = ipv4_frame(new_mac, ours, 60, 8);
  std::copy(frame.begin(), frame.end(), packet.bytes().begin());
  EXPECT_EQ(queue.transmit({&packet, 1}), 1U);

  run("ip link set device0 down && ip link set device0 name other0 && ip link set other0 up");
  EXPECT_EQ(follow(*device).state, InterfaceState::gone);
  EXPECT_FALSE(hears(new_mac)) << "the interface belongs to somebody else now";
  EXPECT_EQ(queue.transmit({&packet, 1}), 0U);
  ASSERT_TRUE(device->set_receive_filter({claimed_}));
  EXPECT_FALSE(hears(new_mac)) << "a new filter waits until the interface is back";
  run("ip link set other0 down && ip link set other0 name device0 && ip link set device0 up");
  EXPECT_TRUE(follow(*device).reopened);
  EXPECT_TRUE(hears(new_mac));
  EXPECT_FALSE(hears(other_mac)) << "the new filter applies";
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
