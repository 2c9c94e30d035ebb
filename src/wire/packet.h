#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "base/bytes.h"
#include "wire/frame.h"

namespace apiary {

class PacketPool;

/// The bytes of one outgoing frame. A PacketPool makes it and takes its buffer back:
///
///     | headroom | bytes() ... |   spare   |
///     ^ buffer   ^ begin       ^ end       ^ capacity
class Packet {
 public:
  /// Space before the packet for a link-layer header.
  static constexpr std::size_t headroom_bytes = 16;

  Packet() = default;
  Packet(Packet&& other) noexcept { swap(other); }
  Packet& operator=(Packet&& other) noexcept {
    Packet taken(std::move(other));
    swap(taken);
    return *this;
  }
  ~Packet();

  explicit operator bool() const { return buffer_ != nullptr; }
  std::size_t size() const { return end_ - begin_; }
  Bytes bytes() const { return {buffer_ + begin_, size()}; }
  std::span<std::uint8_t> bytes() { return {buffer_ + begin_, size()}; }

  /// Makes `count` bytes of headroom part of the packet and returns them.
  /// REQUIRES: count <= the headroom left.
  std::span<std::uint8_t> prepend(std::size_t count) {
    assert(count <= begin_);
    begin_ -= static_cast<std::uint32_t>(count);
    return {buffer_ + begin_, count};
  }

  InterfaceId interface;  ///< by which it leaves

 private:
  friend class PacketPool;
  struct Store;
  Packet(Store* store, std::uint8_t* buffer, std::uint32_t capacity, std::size_t size)
      : store_(store),
        buffer_(buffer),
        capacity_(capacity),
        begin_(headroom_bytes),
        end_(static_cast<std::uint32_t>(headroom_bytes + size)) {}
  void swap(Packet& other) noexcept;

  Store* store_ = nullptr;
  std::uint8_t* buffer_ = nullptr;
  std::uint32_t capacity_ = 0, begin_ = 0, end_ = 0;
};

/// Buffers for outgoing packets, in a small and a large size. It keeps returned buffers, so a
/// steady load allocates nothing. Not thread-safe. Packets may outlive their pool.
class PacketPool {
 public:
  /// The most bytes a packet can hold without its headroom.
  static constexpr std::size_t max_packet_bytes = 2048 - Packet::headroom_bytes;

  /// Has buffers of at most `limit_bytes` in total.
  explicit PacketPool(std::size_t limit_bytes);
  ~PacketPool();
  PacketPool(const PacketPool&) = delete;
  PacketPool& operator=(const PacketPool&) = delete;

  /// A packet of `size` uninitialized bytes; an empty one if the limit is reached. REQUIRES: size
  /// <= max_packet_bytes.
  Packet make(std::size_t size);

  /// The size of the buffers that packets hold now.
  std::size_t in_use_bytes() const;

 private:
  Packet::Store* store_;
};

}  // namespace apiary
