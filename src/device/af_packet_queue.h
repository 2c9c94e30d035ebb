#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/byte_arena.h"
#include "base/shard_share.h"
#include "base/time.h"
#include "device/device.h"
#include "device/device_queue.h"
#include "device/network_interface.h"
#include "device/packet_ring.h"
#include "posix/file_descriptor.h"

namespace apiary {

/// A packet socket with a memory-mapped receive ring.
class AfPacketQueue final : public DeviceQueue {
 public:
  /// It receives the packets for `share`. Errors: no privilege.
  static tl::expected<std::unique_ptr<AfPacketQueue>, SystemError> open(
      const NetworkInterface& interface, const ReceiveFilter& filter, ShardShare share = {});

  int descriptor() const override { return socket_.get(); }
  tl::expected<std::span<const ReceivedFrame>, SystemError> receive() override;
  std::size_t transmit(std::span<const Packet> packets) override;
  DeviceCounters counters() override;

  /// Whether receive() would return frames.
  bool has_frames() const { return ring_.has_frames(); }

  // Its device calls these, one at a time, from any thread.
  const FileDescriptor& socket() const { return socket_; }
  tl::expected<void, SystemError> set_filter(const ReceiveFilter& filter);
  /// Binds the socket to the interface with `index`, which may be another than before.
  tl::expected<void, SystemError> bind_to(int index);
  /// False also after the interface was removed: the kernel then unbinds the socket.
  bool is_bound_to(int index) const;
  /// Receives and sends nothing until set_filter().
  void silence();
  bool is_silent() const { return is_silent_; }

 private:
  AfPacketQueue(std::string interface, FileDescriptor socket, PacketRing ring, ShardShare share);
  void accept(const PacketRing::Slot& slot);
  Bytes read_whole_frame();

  const std::string interface_;
  const FileDescriptor socket_;
  const ShardShare share_;
  PacketRing ring_;
  std::vector<ReceivedFrame> batch_;
  Duration received_at_{};  // when the batch was read, since the Unix epoch
  ByteArena large_frames_;  // those of the batch that are larger than a slot
  std::vector<std::uint8_t> large_buffer_;
  DeviceCounters counters_;
  std::atomic<bool> is_silent_ = false;
};

}  // namespace apiary
