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
  /// `file`: /dev/net/tun, attached to the interface. One queue of an interface receives, for all
  /// shards; others only send.
  TunQueue(std::string interface, FileDescriptor file, bool receives = true);

  int descriptor() const override { return receives_ ? file_.get() : never_readable_.get(); }
  tl::expected<std::span<const ReceivedFrame>, SystemError> receive() override;
  std::size_t transmit(std::span<const Packet> packets) override;
  DeviceCounters counters() override { return counters_; }
  bool is_for_all_shards() const override { return receives_; }

  const FileDescriptor& file() const { return file_; }

 private:
  const std::string interface_;
  const FileDescriptor file_;
  const bool receives_;
  const FileDescriptor never_readable_;  // if it only sends
  std::vector<ReceivedFrame> batch_;
  ByteArena packets_;  // of the batch
  std::vector<std::uint8_t> buffer_;
  DeviceCounters counters_;
};

}  // namespace apiary
