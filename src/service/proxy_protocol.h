#pragma once

#include <cstdint>
#include <vector>

#include "base/address.h"

namespace apiary {

/// The header of the PROXY protocol, version 2 (HAProxy's proxy-protocol.txt, section 2.2), that
/// names the two ends of a conversation: the visitor is the source.
std::vector<std::uint8_t> proxy_header(const FlowKey& flow);

}  // namespace apiary
