#pragma once

#include <cstddef>
#include <cstdint>
#include <tl/expected.hpp>

#include "base/bytes.h"
#include "base/time.h"
#include "posix/system_error.h"

namespace apiary {

/// The slots of frames that the kernel fills and we read, one after the other, without a system
/// call (packet_mmap, TPACKET_V2: version 3 wakes a reader only when a whole block is full or its
/// time is up, which is milliseconds too late for a ping).
class PacketRing {
 public:
  /// What the kernel put into a slot.
  struct Slot {
    Bytes bytes;                    // as much of the frame as fits
    std::size_t frame_bytes = 0;    // of the whole frame
    bool whole_on_socket = false;   // too large for the slot: the whole is to be read by recv()
    bool checksum_pending = false;  // see ReceivedFrame
    Duration arrival{};             // when the kernel had it, since the Unix epoch
    std::uint16_t vlan = 0;         // see ReceivedFrame
  };

  /// Gives the socket a ring of slots of at least `slot_bytes` each, of which it makes a power
  /// of 2.
  static tl::expected<PacketRing, SystemError> attach(int socket, std::size_t slot_bytes);
  PacketRing(PacketRing&& other) noexcept;
  PacketRing& operator=(PacketRing&&) = delete;
  ~PacketRing();

  /// Takes the next slot the kernel has filled; false when there is none, or all are taken.
  bool take(Slot& slot);
  /// Gives all slots taken back to the kernel.
  void give_back();

 private:
  PacketRing(std::uint8_t* memory, std::size_t slot_bytes, std::size_t slots)
      : memory_(memory), slot_bytes_(slot_bytes), slots_(slots) {}
  std::uint8_t* slot_at(std::size_t index) const { return memory_ + index * slot_bytes_; }

  std::uint8_t* memory_;
  std::size_t slot_bytes_, slots_;
  std::size_t next_ = 0;   // the slot to be read next
  std::size_t taken_ = 0;  // how many before it are ours
};

}  // namespace apiary
