#pragma once

#include <optional>
#include <string>

#include "base/address.h"
#include "base/time.h"

namespace apiary {

/// A host that asks a DHCP server for its address, for people who watch.
struct DhcpClientStatus {
  struct Lease {
    IpAddress address, server;
    Instant expire{};  // Instant::max(): never
  };
  std::string interface, template_name, personality, state;
  MacAddress mac;
  std::optional<Lease> lease;  // none (yet)
};

}  // namespace apiary
