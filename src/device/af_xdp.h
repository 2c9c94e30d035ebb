#pragma once

#include <memory>
#include <string>

#include "device/af_packet.h"
#include "device/xdp_queue.h"
#include "device/xdp_steering.h"

namespace apiary {

/// An Ethernet interface, through AF_XDP sockets for IPv4 to claimed addresses, and a packet socket
/// for everything else, such as ARP, VLANs and very large frames. The other frames of the interface
/// reach the kernel as before.
///
/// After the interface was removed and created again, the packet socket receives all frames: new
/// AF_XDP sockets would need privileges, which the daemon has dropped.
class AfXdp final : public Device {
 public:
  /// Errors: as AfPacket::open(); no CAP_BPF or CAP_NET_ADMIN; another XDP program on the
  /// interface.
  static tl::expected<std::unique_ptr<Device>, SystemError> open(std::string_view interface,
                                                                 const ReceiveFilter& filter,
                                                                 bool generic_only);

  DeviceType type() const override { return DeviceType::ethernet; }
  const std::string& name() const override { return packets_->name(); }
  LinkLayer link_layer() const override { return packets_->link_layer(); }
  MacAddress mac() const override { return packets_->mac(); }
  std::size_t mtu_bytes() const override { return packets_->mtu_bytes(); }
  std::string remark() const override { return remark_; }

  tl::expected<void, SystemError> set_receive_filter(const ReceiveFilter& filter) override;
  tl::expected<Followed, SystemError> follow(const MachineNetwork& now) override {
    return packets_->follow(now);
  }

 private:
  AfXdp(std::unique_ptr<Device> packets, XdpSteering steering)
      : packets_(std::move(packets)), steering_(std::move(steering)) {}
  tl::expected<void, SystemError> start(const ReceiveFilter& filter, unsigned queues,
                                        bool generic_only);

  std::unique_ptr<Device> packets_;
  XdpSteering steering_;
  std::string remark_;
};

}  // namespace apiary
