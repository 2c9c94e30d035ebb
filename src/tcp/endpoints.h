#pragma once

#include <functional>

#include "base/address.h"
#include "personality/endpoints.h"

namespace apiary {

/// The endpoints of a connection, for the sequences of its host.
inline Endpoints endpoints_of(const FlowKey& flow) {
  return {.visitor = std::hash<IpAddress>{}(flow.remote.address),
          .ports = std::uint32_t{flow.remote.port.number} << 16 | flow.local.port.number};
}

}  // namespace apiary
