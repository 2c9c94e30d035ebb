#pragma once

#include <bitset>
#include <limits>

#include "base/address_set.h"
#include "base/prefix_map.h"
#include "wire/frame.h"

namespace apiary {

/// Some of the daemon's interfaces.
using InterfaceBits = std::bitset<std::numeric_limits<decltype(InterfaceId::index)>::max() + 1>;

/// The permitted source addresses on each interface, from a copy of the machine's addresses and
/// routes. `proxy $ipsrc` connects to a source address, so packets from it must arrive by the
/// interface that leads there (strict reverse path, RFC 3704 section 2.2).
struct ReversePaths {
  AddressSet own;                   // the machine's addresses on all interfaces
  PrefixMap<InterfaceBits> routes;  // our interfaces that lead to a prefix, if any
  InterfaceBits refuse_own;  // interfaces on which the machine's own addresses are invalid sources
  InterfaceBits are_strict;  // interfaces that accept a source only if a route to it leads there

  bool is_own(const IpAddress& source, InterfaceId interface) const {
    return refuse_own[interface.index] && own.contains(source);
  }
  /// Whether a packet to `source` would leave by `interface`, or nowhere.
  bool lead_to(const IpAddress& source, InterfaceId interface) const {
    if (!are_strict[interface.index]) return true;
    const InterfaceBits* const by = routes.find(source);
    return by == nullptr || by->test(interface.index);
  }
};

}  // namespace apiary
