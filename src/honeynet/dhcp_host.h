#pragma once

#include <string>

#include "honeynet/host_template.h"

namespace apiary {

/// A host that gets its address by DHCP.
struct DhcpHost {
  std::string interface;                  // the link it is on
  HostTemplatePtr host_template;          // not null
  std::shared_ptr<const NicProfile> nic;  // null: the same vendor as the interface's
  std::string identity;                   // unique, and stable across reloads
};

/// Its MAC address, the same for the same key. `interface_mac` is that of its interface.
MacAddress mac_address(const DhcpHost& host, const MacAddress& interface_mac, const HashKey& key);

}  // namespace apiary
