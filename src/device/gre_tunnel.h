#pragma once

#include <memory>
#include <string>

#include "base/tunnel_ends.h"
#include "device/device.h"
#include "device/gre_queue.h"
#include "posix/file_descriptor.h"

namespace apiary {

/// One end of a GRE tunnel (RFC 2784), as an interface with raw IP: its packets travel to the
/// remote end inside packets of this machine. The kernel finds the route there, and fragments outer
/// packets that are too large for it.
class GreTunnel final : public Device {
 public:
  /// Errors: no privilege; the local end is not an address of this machine; no route to the remote
  /// end.
  static tl::expected<std::unique_ptr<Device>, SystemError> open(const TunnelEnds& ends);

  DeviceType type() const override { return DeviceType::gre; }
  const std::string& name() const override { return name_; }
  LinkLayer link_layer() const override { return LinkLayer::raw_ip; }
  MacAddress mac() const override { return {}; }
  std::size_t mtu_bytes() const override { return mtu_bytes_; }

  /// Changes nothing: the remote end decides what it sends.
  tl::expected<void, SystemError> set_receive_filter(const ReceiveFilter&) override { return {}; }
  tl::expected<Followed, SystemError> follow(const MachineNetwork& now) override;

 private:
  GreTunnel(const TunnelEnds& ends, std::size_t mtu_bytes, FileDescriptor socket);
  static tl::expected<std::size_t, SystemError> find_route(const FileDescriptor& socket,
                                                           const TunnelEnds& ends);

  const TunnelEnds ends_;
  const std::string name_;
  std::size_t mtu_bytes_;
  GreQueue& queue_;
};

}  // namespace apiary
