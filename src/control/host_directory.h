#pragma once

#include <memory>
#include <vector>

#include "base/keyed_hash.h"
#include "telemetry/dhcp_client_status.h"

namespace apiary {

class Honeynet;

/// The hosts of a daemon at one moment. Immutable: any thread may read it.
struct HostDirectory {
  std::shared_ptr<const Honeynet> honeynet;  // not null
  HashKey host_key;                          // MAC addresses derive from it
  std::vector<DhcpClientStatus> dhcp_clients{};
};

}  // namespace apiary
