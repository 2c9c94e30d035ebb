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
    while (current_ < blocks_.size() && blocks_[current_].size - used_ < bytes.size()) {
      ++current_;
      used_ = 0;
    }
    if (current_ == blocks_.size()) add_block(std::max(bytes.size(), block_size));
    std::uint8_t* const at = blocks_[current_].bytes.get() + used_;
    std::memcpy(at, bytes.data(), bytes.size());
    used_ += bytes.size();
    return {at, bytes.size()};
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
