#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/byte_arena.h"
#include "device/device_queue.h"
#include "posix/file_descriptor.h"

namespace apiary {

/// The packets of a TUN interface.
class TunQueue final : public DeviceQueue {
 public:
  /// `file`: /dev/net/tun, attached to the interface.
  TunQueue(std::string interface, FileDescriptor file);

  int descriptor() const override { return file_.get(); }
  tl::expected<std::span<const ReceivedFrame>, SystemError> receive() override;
  std::size_t transmit(std::span<const Packet> packets) override;
  DeviceCounters counters() override { return counters_; }

  const FileDescriptor& file() const { return file_; }

 private:
  const std::string interface_;
  const FileDescriptor file_;
  std::vector<ReceivedFrame> batch_;
  ByteArena packets_;  // of the batch
  std::vector<std::uint8_t> buffer_;
  DeviceCounters counters_;
};

}  // namespace apiary
