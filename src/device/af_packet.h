#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "device/af_packet_queue.h"
#include "device/device.h"
#include "device/kernel_tables.h"
#include "device/network_interface.h"

namespace apiary {

/// An Ethernet interface, through a packet socket. It receives frames for the interface's own MAC
/// address and for those of its filter. It is promiscuous only if these are many.
class AfPacket final : public Device {
 public:
  /// Errors: no privilege; the interface does not exist, is not Ethernet, or is down.
  static tl::expected<std::unique_ptr<Device>, SystemError> open(std::string_view interface,
                                                                 const ReceiveFilter& filter);

  DeviceType type() const override { return DeviceType::ethernet; }
  const std::string& name() const override { return interface_.name; }
  LinkLayer link_layer() const override { return LinkLayer::ethernet; }
  MacAddress mac() const override { return interface_.mac; }
  std::size_t mtu_bytes() const override { return interface_.mtu_bytes; }

  tl::expected<void, SystemError> set_receive_filter(const ReceiveFilter& filter) override;
  tl::expected<Followed, SystemError> follow(const MachineNetwork& now) override;

 private:
  AfPacket(NetworkInterface interface, std::unique_ptr<AfPacketQueue> queue)
      : interface_(std::move(interface)), queue_(add_queue(std::move(queue))) {}
  tl::expected<void, SystemError> set_memberships(const ReceiveFilter& filter);
  tl::expected<void, SystemError> reopen(const SeenLink& link);
  void fall_silent();

  NetworkInterface interface_;
  AfPacketQueue& queue_;
  std::mutex mutex_;              // of set_receive_filter() and follow(); guards what follows
  ReceiveFilter receive_filter_;  // as set last
  ReceiveFilter memberships_;     // the MAC addresses that the network card receives
};

}  // namespace apiary
