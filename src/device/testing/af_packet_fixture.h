#pragma once

#include <poll.h>

#include <memory>
#include <span>

#include "device/af_packet.h"
#include "device/testing/packet_peer.h"
#include "device/testing/private_network.h"

namespace apiary {

/// A veth pair: the device opens "device0", a Peer opens "peer0".
class AfPacketFixture : public PrivateNetwork {
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

  std::unique_ptr<Device> open() const {
    auto device = AfPacket::open("device0", {claimed_});
    EXPECT_TRUE(device) << to_string(device.error());
    return device ? std::move(*device) : nullptr;
  }

  /// Returns the frames that arrive within a second.
  static std::span<const ReceivedFrame> wait_for_frames(DeviceQueue& queue) {
    pollfd readable{queue.descriptor(), POLLIN, 0};
    if (poll(&readable, 1, 1000) != 1) return {};
    const auto frames = queue.receive();
    EXPECT_TRUE(frames) << to_string(frames.error());
    return frames ? *frames : std::span<const ReceivedFrame>{};
  }

  AddressSet claimed_;
};

}  // namespace apiary
