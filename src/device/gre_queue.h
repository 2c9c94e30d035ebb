#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/byte_arena.h"
#include "base/tunnel_ends.h"
#include "device/device_queue.h"
#include "posix/file_descriptor.h"

namespace apiary {

/// The packets of a GRE tunnel: encapsulates and decapsulates them.
class GreQueue final : public DeviceQueue {
 public:
  /// `socket`: a raw socket for GRE, connected to the remote end.
  GreQueue(const TunnelEnds& ends, FileDescriptor socket);

  int descriptor() const override { return socket_.get(); }
  /// Returns only packets from the remote end with the tunnel's key.
  tl::expected<std::span<const ReceivedFrame>, SystemError> receive() override;
  std::size_t transmit(std::span<const Packet> packets) override;
  DeviceCounters counters() override { return counters_; }

  const FileDescriptor& socket() const { return socket_; }

 private:
  void accept(Bytes outer);

  const TunnelEnds ends_;
  const FileDescriptor socket_;
  std::vector<ReceivedFrame> batch_;
  ByteArena packets_;  // of the batch
  std::vector<std::uint8_t> buffer_;
  DeviceCounters counters_;
};

}  // namespace apiary
