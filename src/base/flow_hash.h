#pragma once

#include <array>
#include <bit>

#include "base/address.h"
#include "base/table_hash.h"

namespace apiary {

/// Hashes flows and addresses with a secret, since attackers choose the keys. The keys of IPv4 are
/// short: an address mapped into IPv6 has twelve constant bytes.
struct FlowHash {
  HashKey key;

  std::size_t operator()(const FlowKey& flow) const noexcept {
    const std::uint64_t ports = std::uint64_t{flow.remote.port.number} << 32 |
                                std::uint64_t{flow.local.port.number} << 16 |
                                static_cast<std::uint64_t>(flow.protocol);
    const IpAddress &remote = flow.remote.address, &local = flow.local.address;
    if (remote.is_v4() && local.is_v4())
      return table_hash(key, {std::uint64_t{remote.v4_value()} << 32 | local.v4_value(), ports});
    return table_hash(key, {table_hash(key, halves_of(remote)) + ports, (*this)(local)});
  }
  std::size_t operator()(const IpAddress& address) const noexcept {
    if (!address.is_v4()) return table_hash(key, halves_of(address));
    return table_hash(key, {address.v4_value(), ~std::uint64_t{0}});  // unlike any of IPv6 in use
  }

 private:
  static HashWords halves_of(const IpAddress& address) {
    return std::bit_cast<HashWords>(address.bytes());
  }
};

}  // namespace apiary
