#pragma once

#include <vector>

#include "base/byte_arena.h"
#include "base/tunnel_ends.h"
#include "device/device.h"
#include "posix/file_descriptor.h"

namespace apiary {

/// One end of a GRE tunnel (RFC 2784): an interface of raw IP whose packets travel to the other end
/// inside those of this machine. The kernel finds the way there, and cuts what is too large for it.
class GreTunnel final : public Device {
 public:
  /// Errors: no privilege; the near end is not an address of this machine; no way to the far end.
  static tl::expected<std::unique_ptr<Device>, SystemError> open(const TunnelEnds& ends);

  const std::string& name() const override { return name_; }
  LinkLayer link_layer() const override { return LinkLayer::raw_ip; }
  MacAddress mac() const override { return {}; }
  std::size_t mtu_bytes() const override { return mtu_bytes_; }
  int descriptor() const override { return socket_.get(); }

  /// Of what comes, only that of the far end and of the tunnel's key is let in.
  tl::expected<std::span<const ReceivedFrame>, SystemError> receive() override;
  std::size_t transmit(std::span<const Packet> packets) override;
  /// What is claimed does not matter here: the far end sends what it wants to.
  tl::expected<void, SystemError> set_receive_filter(const ReceiveFilter&) override { return {}; }
  tl::expected<Followed, SystemError> follow(const MachineNetwork& now) override;
  DeviceCounters counters() override { return counters_; }

 private:
  GreTunnel(const TunnelEnds& ends, std::size_t mtu_bytes, FileDescriptor socket);
  void accept(Bytes outer);
  static tl::expected<std::size_t, SystemError> find_way(const FileDescriptor& socket,
                                                         const TunnelEnds& ends);

  TunnelEnds ends_;
  std::string name_;
  std::size_t mtu_bytes_;
  FileDescriptor socket_;
  std::vector<ReceivedFrame> batch_;
  ByteArena packets_;  // of the batch
  std::vector<std::uint8_t> buffer_;
  DeviceCounters counters_;
};

}  // namespace apiary
