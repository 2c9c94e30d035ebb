#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "base/bytes.h"

namespace apiary {

/// Stores copies of bytes until the next clear(). Reuses its blocks, so a steady load allocates
/// nothing.
class ByteArena {
 public:
  /// A copy of `bytes`, valid until clear().
  Bytes copy(Bytes bytes) {
    if (bytes.empty()) return {};
    std::memcpy(space(bytes.size(), bytes.size()).data(), bytes.data(), bytes.size());
    return keep(bytes.size());
  }

  /// Space to write bytes into, for keep(): at least `least`, at most `most` bytes. Valid until the
  /// next call. REQUIRES: 0 < least <= most.
  std::span<std::uint8_t> space(std::size_t least, std::size_t most) {
    while (current_ < blocks_.size() && blocks_[current_].size - used_ < least) {
      ++current_;
      used_ = 0;
    }
    if (current_ == blocks_.size()) add_block(std::max(least, block_size));
    const Block& block = blocks_[current_];
    return {block.bytes.get() + used_, std::min(most, block.size - used_)};
  }
  /// The first `count` bytes of the last space(), valid until clear().
  Bytes keep(std::size_t count) {
    const std::uint8_t* const at = blocks_[current_].bytes.get() + used_;
    used_ += count;
    return {at, count};
  }

  void clear() { current_ = used_ = 0; }

 private:
  static constexpr std::size_t block_size = 65536;
  struct Block {
    std::unique_ptr<std::uint8_t[]> bytes;
    std::size_t size;
  };
  void add_block(std::size_t size) {
    blocks_.push_back({std::make_unique_for_overwrite<std::uint8_t[]>(size), size});
    used_ = 0;
  }

  std::vector<Block> blocks_;
  std::size_t current_ = 0;  // the block being filled
  std::size_t used_ = 0;     // bytes of it
};

}  // namespace apiary
