#pragma once

#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include "base/address.h"
#include "base/keyed_hash.h"

namespace apiary {

/// Who has asked for a connection lately, in a table of fixed size, four bytes each. A flood from
/// made-up addresses asks once from each; whoever is there asks again, after a second mostly. What
/// falls on another's place is forgotten.
class RecentSyns {
 public:
  RecentSyns(std::size_t places, const HashKey& hash_key) : hash_key_(hash_key), places_(places) {}

  /// Notes that a visitor asks for a host's port, from whatever port of its own. Whether it did
  /// before, as far as is remembered.
  bool note(const FlowKey& flow) {
    std::array<std::uint8_t, 34> bytes;
    std::memcpy(bytes.data(), flow.remote.address.bytes().data(), 16);
    std::memcpy(bytes.data() + 16, flow.local.address.bytes().data(), 16);
    std::memcpy(bytes.data() + 32, &flow.local.port.number, 2);
    const std::uint64_t hash = keyed_hash(hash_key_, bytes);
    const auto tag = static_cast<std::uint32_t>(hash >> 32) | 1;  // no empty place has it
    return std::exchange(places_[static_cast<std::uint32_t>(hash) % places_.size()], tag) == tag;
  }

 private:
  HashKey hash_key_;
  std::vector<std::uint32_t> places_;
};

}  // namespace apiary
