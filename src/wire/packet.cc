#include "wire/packet.h"

#include <array>
#include <cstring>

namespace apiary {
namespace {
constexpr std::array<std::uint32_t, 2> capacities = {256, 2048};
}

/// The buffers of a pool. The pool or the last packet deletes it, whichever is destroyed later.
struct Packet::Store {
  std::size_t limit_bytes;
  std::size_t in_use_bytes = 0;
  bool has_pool = true;
  std::array<std::uint8_t*, capacities.size()> free{};  // each buffer begins with the next one

  explicit Store(std::size_t limit) : limit_bytes(limit) {}
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  ~Store() {
    for (const std::uint32_t capacity : capacities)
      while (std::uint8_t* const buffer = take(capacity)) delete[] buffer;
  }

  std::uint8_t*& free_of(std::uint32_t capacity) { return free[capacity == capacities[0] ? 0 : 1]; }
  /// A free buffer; nullptr if there is none.
  std::uint8_t* take(std::uint32_t capacity) {
    std::uint8_t*& first = free_of(capacity);
    std::uint8_t* const buffer = first;
    if (buffer != nullptr) std::memcpy(&first, buffer, sizeof first);
    return buffer;
  }
  void give_back(std::uint8_t* buffer, std::uint32_t capacity) {
    std::uint8_t*& first = free_of(capacity);
    std::memcpy(buffer, &first, sizeof first);
    first = buffer;
  }
  void die_if_unused() {
    if (!has_pool && in_use_bytes == 0) delete this;
  }
};

void Packet::give_back() {
  held_.store->give_back(held_.buffer, held_.capacity);
  held_.store->in_use_bytes -= held_.capacity;
  held_.store->die_if_unused();
}

PacketPool::PacketPool(std::size_t limit_bytes) : store_(new Packet::Store(limit_bytes)) {}

PacketPool::~PacketPool() {
  store_->has_pool = false;
  store_->die_if_unused();
}

Packet PacketPool::make(std::size_t size) {
  assert(size <= max_packet_bytes);
  const std::uint32_t capacity =
      size + Packet::headroom_bytes <= capacities[0] ? capacities[0] : capacities[1];
  if (store_->in_use_bytes + capacity > store_->limit_bytes) return {};
  std::uint8_t* buffer = store_->take(capacity);
  if (buffer == nullptr) buffer = new std::uint8_t[capacity];
  store_->in_use_bytes += capacity;
  return Packet({.store = store_,
                 .buffer = buffer,
                 .capacity = capacity,
                 .begin = Packet::headroom_bytes,
                 .end = static_cast<std::uint32_t>(Packet::headroom_bytes + size)});
}

std::size_t PacketPool::in_use_bytes() const { return store_->in_use_bytes; }

}  // namespace apiary
