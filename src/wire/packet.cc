#include "wire/packet.h"

#include <array>
#include <memory>
#include <vector>

namespace apiary {
namespace {
constexpr std::array<std::uint32_t, 2> capacities = {256, 2048};
}

/// The buffers of a pool. The pool or the last packet deletes it, whichever is destroyed later.
struct Packet::Store {
  std::size_t limit_bytes;
  std::size_t in_use_bytes = 0;
  bool has_pool = true;
  std::array<std::vector<std::unique_ptr<std::uint8_t[]>>, capacities.size()> free;

  auto& free_of(std::uint32_t capacity) { return free[capacity == capacities[0] ? 0 : 1]; }
  void die_if_unused() {
    if (!has_pool && in_use_bytes == 0) delete this;
  }
};

Packet::~Packet() {
  if (buffer_ == nullptr) return;
  store_->free_of(capacity_).emplace_back(buffer_);
  store_->in_use_bytes -= capacity_;
  store_->die_if_unused();
}

void Packet::swap(Packet& other) noexcept {
  std::swap(store_, other.store_);
  std::swap(buffer_, other.buffer_);
  std::swap(capacity_, other.capacity_);
  std::swap(begin_, other.begin_);
  std::swap(end_, other.end_);
  std::swap(interface, other.interface);
}

PacketPool::PacketPool(std::size_t limit_bytes)
    : store_(new Packet::Store{limit_bytes, 0, true, {}}) {}

PacketPool::~PacketPool() {
  store_->has_pool = false;
  store_->die_if_unused();
}

Packet PacketPool::make(std::size_t size) {
  assert(size <= max_packet_bytes);
  const std::uint32_t capacity =
      size + Packet::headroom_bytes <= capacities[0] ? capacities[0] : capacities[1];
  if (store_->in_use_bytes + capacity > store_->limit_bytes) return {};

  auto& free = store_->free_of(capacity);
  std::unique_ptr<std::uint8_t[]> buffer;
  if (free.empty()) {
    buffer = std::make_unique_for_overwrite<std::uint8_t[]>(capacity);
  } else {
    buffer = std::move(free.back());
    free.pop_back();
  }
  store_->in_use_bytes += capacity;
  return {store_, buffer.release(), capacity, size};
}

std::size_t PacketPool::in_use_bytes() const { return store_->in_use_bytes; }

}  // namespace apiary
