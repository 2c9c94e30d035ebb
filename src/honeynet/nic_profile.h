#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/keyed_hash.h"

namespace apiary {

/// The first three bytes of a MAC address, which identify the vendor (IEEE's OUI).
using Oui = std::array<std::uint8_t, 3>;

/// The network card of a template: the vendor of its hosts' MAC addresses.
struct NicProfile {
  std::string name;                   // as the configuration has it
  std::vector<Oui> prefixes;          // of which each host has one; never empty, none of a group
  std::optional<MacAddress> address;  // of the only host that has the card; none: they are several
};

/// The MAC address of the host at `host`, always the same for the same key. Hosts of one prefix
/// whose addresses share their first eight bits all have different ones.
MacAddress mac_address(const NicProfile& nic, const IpAddress& host, const HashKey& key);

}  // namespace apiary
