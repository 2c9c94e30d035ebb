#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "base/huge_page_vector.h"

namespace apiary {

/// The buckets of a hash table that grows by one bucket at a time, so that no insertion has to
/// rehash all entries (linear hashing, Litwin 1980). A bucket holds the number of its first entry.
class LinearBuckets {
 public:
  static constexpr std::uint32_t empty = (1U << 24) - 1;

  std::size_t size() const { return size_; }
  /// The bucket of `hash`. REQUIRES: size() > 0.
  std::uint32_t& of(std::uint64_t hash) { return at(index_of(hash)); }
  const std::uint32_t& of(std::uint64_t hash) const { return at(index_of(hash)); }
  /// Adds an empty bucket. Returns the bucket, some of whose entries now belong to the new one;
  /// nullptr if the new one is the first.
  std::uint32_t* grow() {
    if (size_ >> chunk_bits == chunks_.size()) chunks_.emplace_back(1 << chunk_bits);
    const std::size_t added = size_++;
    at(added) = empty;
    mask_ = std::bit_ceil(size_) - 1;
    return added == 0 ? nullptr : &at(added & mask_ / 2);
  }

  /// The bucket that the next grow() will return, if any.
  const std::uint32_t* next_split() const {
    return size_ == 0 ? nullptr : &at(size_ & (std::bit_ceil(size_ + 1) - 1) / 2);
  }

 private:
  static constexpr unsigned chunk_bits = 19;  // a huge page
  static constexpr std::size_t chunk_mask = (1U << chunk_bits) - 1;

  std::uint32_t& at(std::size_t index) { return chunks_[index >> chunk_bits][index & chunk_mask]; }
  const std::uint32_t& at(std::size_t index) const {
    return chunks_[index >> chunk_bits][index & chunk_mask];
  }
  std::size_t index_of(std::uint64_t hash) const {
    const std::size_t index = hash & mask_;
    return index < size_ ? index : index & mask_ / 2;
  }

  std::vector<HugePageVector<std::uint32_t>> chunks_;
  std::size_t size_ = 0, mask_ = 0;  // mask_ + 1: the power of two that is no less than size_
};

}  // namespace apiary
