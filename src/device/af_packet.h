#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "device/af_packet_queue.h"
#include "device/device.h"
#include "device/kernel_tables.h"
#include "device/network_interface.h"

namespace apiary {

/// An Ethernet interface, through a packet socket. It receives frames for the interface's own MAC
/// address and for those of its filter. It is promiscuous only if these are many.
class AfPacket final : public Device {
 public:
  /// Each of its `queues` has the packets of one shard: a packet socket whose filter computes the
  /// shard. A fanout group would give ARP to one of them only, and its sockets could not be bound
  /// to a new interface of the same name.
  /// Errors: no privilege; the interface does not exist, is not Ethernet, or is down.
  static tl::expected<std::unique_ptr<Device>, SystemError> open(std::string_view interface,
                                                                 const ReceiveFilter& filter,
                                                                 std::size_t queues = 1);

  DeviceType type() const override { return DeviceType::ethernet; }
  const std::string& name() const override { return interface_.name; }
  LinkLayer link_layer() const override { return LinkLayer::ethernet; }
  MacAddress mac() const override { return interface_.mac; }
  std::size_t mtu_bytes() const override { return interface_.mtu_bytes; }

  tl::expected<void, SystemError> set_receive_filter(const ReceiveFilter& filter) override;
  tl::expected<Followed, SystemError> follow(const MachineNetwork& now) override;

 private:
  explicit AfPacket(NetworkInterface interface) : interface_(std::move(interface)) {}
  tl::expected<void, SystemError> set_filters(const ReceiveFilter& filter);
  tl::expected<void, SystemError> set_memberships(const ReceiveFilter& filter);
  tl::expected<void, SystemError> reopen(const SeenLink& link);
  void fall_silent();

  NetworkInterface interface_;
  std::vector<AfPacketQueue*> sockets_;  // the queues
  std::mutex mutex_;              // of set_receive_filter() and follow(); guards what follows
  ReceiveFilter receive_filter_;  // as set last
  ReceiveFilter memberships_;     // the MAC addresses that the network card receives
};

}  // namespace apiary
