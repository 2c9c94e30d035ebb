#pragma once

#include <cstddef>
#include <cstdint>
#include <tl/expected.hpp>

#include "base/bytes.h"
#include "base/time.h"
#include "posix/system_error.h"

namespace apiary {

/// A ring of slots that the kernel fills with frames and we read without a system call
/// (packet_mmap, TPACKET_V2). Version 3 wakes a reader only when a whole block is full or has timed
/// out, which would delay a ping by milliseconds.
class PacketRing {
 public:
  /// A filled slot.
  struct Slot {
    Bytes bytes;                    // the part of the frame that fits
    std::size_t frame_bytes = 0;    // of the whole frame
    bool whole_on_socket = false;   // the frame is larger than the slot: recv() returns it whole
    bool checksum_pending = false;  // see ReceivedFrame
    Duration arrival{};             // the kernel's time stamp, since the Unix epoch
    std::uint16_t vlan = 0;         // see ReceivedFrame
  };

  /// Adds a ring to the socket. Its slots have `slot_bytes` or a little more.
  static tl::expected<PacketRing, SystemError> attach(int socket, std::size_t slot_bytes);
  PacketRing(PacketRing&& other) noexcept;
  PacketRing& operator=(PacketRing&&) = delete;
  ~PacketRing();

  /// Takes the next filled slot. Returns false if there is none, or if all are taken.
  bool take(Slot& slot);
  /// Whether take() would return one, if there is space.
  bool has_frames() const;
  /// Returns all taken slots to the kernel.
  void give_back();

 private:
  /// The kernel puts whole slots into each block; the rest of a block is unused.
  struct Layout {
    std::uint32_t slot_bytes = 0, blocks = 0, slots_per_block = 0;
    std::uint32_t slots() const { return blocks * slots_per_block; }
  };
  PacketRing(std::uint8_t* memory, const Layout& layout) : memory_(memory), layout_(layout) {}
  std::uint8_t* slot_at(std::uint32_t index) const;

  std::uint8_t* memory_;
  Layout layout_;
  std::uint32_t next_ = 0;   // index of the slot to read next
  std::uint32_t taken_ = 0;  // number of slots before it that are ours
};

}  // namespace apiary
