#pragma once

#include <string>

#include "honeynet/host_template.h"

namespace apiary {

/// A machine that asks a DHCP server for its address.
struct DhcpHost {
  std::string interface;                  // the link it is on
  HostTemplatePtr host_template;          // not null
  std::shared_ptr<const NicProfile> nic;  // null: of the same maker as the interface's
  std::string identity;                   // tells it from all others, also over a reload
};

/// Its MAC address, always the same for the same key. `interface_mac` is that of its link.
MacAddress mac_address(const DhcpHost& host, const MacAddress& interface_mac, const HashKey& key);

}  // namespace apiary
