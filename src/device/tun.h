#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "device/device.h"
#include "device/route_set.h"
#include "device/tun_queue.h"
#include "posix/file_descriptor.h"

namespace apiary {

/// A TUN interface: this machine routes IP packets into it, without link layer. The daemon creates
/// it, and creates it again if somebody removes it; the kernel removes it with the daemon.
class Tun final : public Device {
 public:
  /// The first of its `queues` receives the packets for all shards.
  /// Errors: no privilege; no /dev/net/tun; the name is taken or too long.
  static tl::expected<std::unique_ptr<Device>, SystemError> open(std::string_view name,
                                                                 const AddressSet& claimed,
                                                                 std::size_t queues = 1);

  DeviceType type() const override { return DeviceType::tun; }
  const std::string& name() const override { return name_; }
  LinkLayer link_layer() const override { return LinkLayer::raw_ip; }
  MacAddress mac() const override { return {}; }
  std::size_t mtu_bytes() const override { return mtu_bytes_; }

  tl::expected<void, SystemError> set_receive_filter(const ReceiveFilter& filter) override;
  tl::expected<Followed, SystemError> follow(const MachineNetwork& now) override;

 private:
  Tun(std::string name, FileDescriptor file, RouteSet routes);
  static tl::expected<int, SystemError> create_interface(const FileDescriptor& file,
                                                         const std::string& name);
  tl::expected<void, SystemError> restore_route(int interface);

  std::string name_;
  std::size_t mtu_bytes_;
  TunQueue& queue_;
  std::mutex mutex_;  // of set_receive_filter() and follow(); guards what follows
  RouteSet routes_;
  AddressSet claimed_;
  bool is_routed_ = true;  // the interface has not been down since its routes were added
};

}  // namespace apiary
