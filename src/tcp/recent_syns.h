#pragma once

#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include "base/address.h"
#include "base/keyed_hash.h"

namespace apiary {

/// Recent connection requests, in a table of fixed size with four bytes each. A flood from spoofed
/// addresses sends one SYN from each; a real visitor retransmits, mostly after a second. A request
/// replaces another one that has the same place.
class RecentSyns {
 public:
  RecentSyns(std::size_t places, const HashKey& hash_key) : hash_key_(hash_key), places_(places) {}

  /// Notes a request of a visitor for a port of a host, whatever its source port. Returns whether
  /// the table has it already.
  bool note(const FlowKey& flow) {
    std::array<std::uint8_t, 34> bytes;
    std::memcpy(bytes.data(), flow.remote.address.bytes().data(), 16);
    std::memcpy(bytes.data() + 16, flow.local.address.bytes().data(), 16);
    std::memcpy(bytes.data() + 32, &flow.local.port.number, 2);
    const std::uint64_t hash = keyed_hash(hash_key_, bytes);
    const auto tag = static_cast<std::uint32_t>(hash >> 32) | 1;  // differs from an empty place
    return std::exchange(places_[static_cast<std::uint32_t>(hash) % places_.size()], tag) == tag;
  }

 private:
  HashKey hash_key_;
  std::vector<std::uint32_t> places_;
};

}  // namespace apiary
