#pragma once

#include <array>
#include <string>

#include "base/address.h"

namespace apiary {

/// The Community ID of a flow, version 1 with seed 0, as other tools write it for the same packets:
/// "1:" and the base 64 of a SHA-1 (https://github.com/corelight/community-id-spec). ICMP type
/// and code take the place of ports.
void append_community_id(std::string& text, const FlowKey& flow, std::uint8_t icmp_type = 8,
                         std::uint8_t icmp_code = 0);

}  // namespace apiary
