#pragma once

#include <algorithm>
#include <cstring>
#include <vector>

#include "base/bytes.h"

namespace apiary {

/// A queue of bytes: appends at the end, reads anywhere, drops at the front. Holds no memory while
/// empty.
class ByteQueue {
 public:
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  void append(Bytes bytes) {
    if (size_ + bytes.size() > ring_.size()) grow(size_ + bytes.size());
    const std::size_t start = (front_ + size_) & mask();
    const std::size_t until_end = std::min(bytes.size(), ring_.size() - start);
    if (until_end > 0) std::memcpy(ring_.data() + start, bytes.data(), until_end);
    if (bytes.size() > until_end)
      std::memcpy(ring_.data(), bytes.data() + until_end, bytes.size() - until_end);
    size_ += bytes.size();
  }

  /// The `size` bytes from `offset` on, valid until the next append() or drop(): in place if they
  /// lie together, else a copy in `scratch`. REQUIRES: offset + size <= this->size(), size <=
  /// scratch.size().
  Bytes read(std::size_t offset, std::size_t size, std::span<std::uint8_t> scratch) const {
    const std::size_t start = (front_ + offset) & mask();
    if (size <= ring_.size() - start) return Bytes(ring_).subspan(start, size);
    copy_to(offset, scratch.first(size));
    return scratch.first(size);
  }

  /// Fills `target` with the bytes from `offset` on. REQUIRES: offset + target.size() <= size().
  void copy_to(std::size_t offset, std::span<std::uint8_t> target) const {
    if (target.empty()) return;
    const std::size_t start = (front_ + offset) & mask();
    const std::size_t until_end = std::min(target.size(), ring_.size() - start);
    std::memcpy(target.data(), ring_.data() + start, until_end);
    if (target.size() > until_end)
      std::memcpy(target.data() + until_end, ring_.data(), target.size() - until_end);
  }

  /// Drops the first `count` bytes. REQUIRES: count <= size().
  void drop(std::size_t count) {
    front_ = (front_ + count) & mask();
    size_ -= count;
    if (size_ == 0) *this = {};
  }

 private:
  std::size_t mask() const { return ring_.empty() ? 0 : ring_.size() - 1; }
  void grow(std::size_t needed) {
    std::size_t capacity = std::max<std::size_t>(ring_.size(), 1024);
    while (capacity < needed) capacity *= 2;
    std::vector<std::uint8_t> larger(capacity);
    copy_to(0, std::span(larger).first(size_));
    ring_ = std::move(larger);
    front_ = 0;
  }

  std::vector<std::uint8_t> ring_;  // its size is zero or a power of two
  std::size_t front_ = 0, size_ = 0;
};

}  // namespace apiary
