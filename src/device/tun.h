#pragma once

#include <mutex>
#include <vector>

#include "base/byte_arena.h"
#include "device/device.h"
#include "device/route_set.h"
#include "posix/file_descriptor.h"

namespace apiary {

/// A TUN interface: IP packets without link layer, which the machine routes to us. Made by us, gone
/// with us; made again when somebody else removes it.
class Tun final : public Device {
 public:
  /// Errors: no privilege, no /dev/net/tun, the name is taken or too long.
  static tl::expected<std::unique_ptr<Device>, SystemError> open(std::string_view name,
                                                                 const AddressSet& claimed);

  const std::string& name() const override { return name_; }
  LinkLayer link_layer() const override { return LinkLayer::raw_ip; }
  MacAddress mac() const override { return {}; }
  std::size_t mtu_bytes() const override { return mtu_bytes_; }
  int descriptor() const override { return file_.get(); }

  tl::expected<std::span<const ReceivedFrame>, SystemError> receive() override;
  std::size_t transmit(std::span<const Packet> packets) override;
  tl::expected<void, SystemError> set_receive_filter(const ReceiveFilter& filter) override;
  tl::expected<Followed, SystemError> follow(const MachineNetwork& now) override;
  DeviceCounters counters() override { return counters_; }

 private:
  Tun(std::string name, FileDescriptor file, RouteSet routes);
  static tl::expected<int, SystemError> make_interface(const FileDescriptor& file,
                                                       const std::string& name);
  tl::expected<void, SystemError> route_again(int interface);

  std::string name_;
  std::size_t mtu_bytes_;
  FileDescriptor file_;
  std::mutex mutex_;  // claim() and follow() exclude each other; guards what follows
  RouteSet routes_;
  AddressSet claimed_;
  bool is_routed_ = true;  // it was not down since its routes were made
  std::vector<ReceivedFrame> batch_;
  ByteArena packets_;  // of the batch
  std::vector<std::uint8_t> buffer_;
  DeviceCounters counters_;
};

}  // namespace apiary
