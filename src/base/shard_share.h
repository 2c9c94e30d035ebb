#pragma once

#include <cstddef>
#include <cstdint>

#include "base/address.h"

namespace apiary {

/// At most this number of shards.
inline constexpr std::size_t max_shards = 64;

// The shard of an address is the top byte of its product with this number, modulo the number of
// shards: so neighbouring addresses spread, and a classic BPF program can compute it.
inline constexpr std::uint32_t shard_factor = 0x9e3779b1;
inline constexpr std::uint32_t shard_shift = 24;

/// The part of the addresses that one of several shards has: each host belongs to one shard. Of
/// addresses of IPv6, all belong to the first.
struct ShardShare {
  std::uint8_t index = 0;
  std::uint8_t count = 1;  // at most max_shards

  bool operator==(const ShardShare&) const = default;

  /// The index of the shard that has `address`.
  std::size_t owner_of(const IpAddress& address) const {
    return address.is_v4() ? ((address.v4_value() * shard_factor) >> shard_shift) % count : 0;
  }
  bool has(const IpAddress& address) const { return count == 1 || owner_of(address) == index; }
  /// Whether it acts for all shards where only one should.
  bool is_first() const { return index == 0; }
};

}  // namespace apiary
