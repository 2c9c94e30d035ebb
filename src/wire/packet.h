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
  Packet(Packet&& other) noexcept
      : interface(other.interface), held_(std::exchange(other.held_, {})) {}
  Packet& operator=(Packet&& other) noexcept {
    if (this == &other) return *this;
    if (*this) give_back();
    interface = other.interface;
    held_ = std::exchange(other.held_, {});
    return *this;
  }
  ~Packet() {
    if (*this) give_back();
  }

  explicit operator bool() const { return held_.buffer != nullptr; }
  std::size_t size() const { return held_.end - held_.begin; }
  Bytes bytes() const { return {held_.buffer + held_.begin, size()}; }
  std::span<std::uint8_t> bytes() { return {held_.buffer + held_.begin, size()}; }

  /// Makes `count` bytes of headroom part of the packet and returns them.
  /// REQUIRES: count <= the headroom left.
  std::span<std::uint8_t> prepend(std::size_t count) {
    assert(count <= held_.begin);
    held_.begin -= static_cast<std::uint32_t>(count);
    return {held_.buffer + held_.begin, count};
  }

  InterfaceId interface;  ///< by which it leaves

 private:
  friend class PacketPool;
  struct Store;
  struct Held {
    Store* store = nullptr;
    std::uint8_t* buffer = nullptr;
    std::uint32_t capacity = 0, begin = 0, end = 0;
  };
  explicit Packet(const Held& held) : held_(held) {}
  void give_back();

  Held held_;
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
