#include "honeynet/dhcp_host.h"

namespace apiary {

MacAddress mac_address(const DhcpHost& host, const MacAddress& interface_mac, const HashKey& key) {
  if (host.nic != nullptr && host.nic->address) return *host.nic->address;
  const std::uint64_t hash = keyed_hash(key, as_bytes(host.identity));
  Oui prefix{interface_mac.bytes[0], interface_mac.bytes[1], interface_mac.bytes[2]};
  if (host.nic != nullptr) prefix = host.nic->prefixes[(hash >> 24) % host.nic->prefixes.size()];
  return {{prefix[0], prefix[1], prefix[2], static_cast<std::uint8_t>(hash >> 16),
           static_cast<std::uint8_t>(hash >> 8), static_cast<std::uint8_t>(hash)}};
}

}  // namespace apiary
