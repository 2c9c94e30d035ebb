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
  std::string name;                   // as in the configuration
  std::vector<Oui> prefixes;          // each host has one; never empty, no group addresses
  std::optional<MacAddress> address;  // of the only host with the card; nothing: several hosts
};

/// The MAC address of the host at `host`, the same for the same key. Hosts with the same prefix get
/// different ones if their addresses share the first eight bits.
MacAddress mac_address(const NicProfile& nic, const IpAddress& host, const HashKey& key);

}  // namespace apiary
