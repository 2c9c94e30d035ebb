#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <tl/expected.hpp>

#include "posix/system_error.h"
#include "wire/frame.h"
#include "wire/packet.h"

namespace apiary {

/// receive() returns at most this number of frames.
inline constexpr std::size_t max_batch_packets = 256;

/// Losses since a device was opened.
struct DeviceCounters {
  std::uint64_t receive_drops = 0;  ///< frames that the kernel dropped: the receive ring was full
  std::uint64_t truncated = 0;      ///< frames that were larger than a slot and were not read whole
  std::uint64_t skipped = 0;        ///< packets that the interface refused
};

/// The data path of a Device: frames in and out. One thread uses it.
class DeviceQueue {
 public:
  virtual ~DeviceQueue() = default;

  virtual int descriptor() const = 0;  ///< readable when receive() has something to return

  /// Returns the frames that have arrived, at most a batch; an empty span if there are none. Never
  /// blocks. The frames are valid until the next receive(), which returns their slots to the
  /// kernel. So call it until it returns none before you wait on descriptor(); otherwise the wait
  /// ends immediately.
  /// Errors: the interface is down or was removed. When it is back, receive() works again.
  virtual tl::expected<std::span<const ReceivedFrame>, SystemError> receive() = 0;

  /// Sends whole frames in order, until the interface would block. Returns the number of frames
  /// that it took; the caller drops and counts the rest.
  virtual std::size_t transmit(std::span<const Packet> packets) = 0;

  virtual DeviceCounters counters() = 0;

  /// Whether it returns packets for all shards, as the kernel does not choose among several queues.
  virtual bool is_for_all_shards() const { return false; }
};

}  // namespace apiary
