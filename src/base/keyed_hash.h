#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"

namespace apiary {

/// A secret of 128 bits. Nobody can predict hashes without it.
struct HashKey {
  std::uint64_t low = 0, high = 0;
  bool operator==(const HashKey&) const = default;
};

/// SipHash-2-4 (Aumasson and Bernstein 2012) of `bytes`. For tables whose keys attackers choose,
/// and for values of a host that must be the same after a restart.
std::uint64_t keyed_hash(const HashKey& key, Bytes bytes);

}  // namespace apiary
