#pragma once

#include <bitset>
#include <limits>

#include "base/address_set.h"
#include "base/prefix_map.h"
#include "wire/frame.h"

namespace apiary {

/// Some of the daemon's interfaces.
using InterfaceBits = std::bitset<std::numeric_limits<decltype(InterfaceId::index)>::max() + 1>;

/// The permitted source addresses on each interface, from the machine's addresses and routes at a
/// time. `proxy $ipsrc` connects to a source address, so packets from it must arrive by the
/// interface that leads there (strict reverse path, RFC 3704 section 2.2).
struct ReversePaths {
  AddressSet own;                   // the machine's addresses, whatever interface has them
  PrefixMap<InterfaceBits> routes;  // by which of our interfaces it reaches a prefix: perhaps none
  InterfaceBits refuse_own;         // where nobody may have an address of the machine's
  InterfaceBits are_strict;         // where everybody must be where a route leads by that interface

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
