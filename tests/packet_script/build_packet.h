#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "flow.h"
#include "packet_pattern.h"

namespace apiary::script {

using Frame = std::vector<std::uint8_t>;

/// The frames that a packet line injects: one, or one per fragment. `flow` has the endpoints and
/// sequence numbers; it may be null if the line has addresses. Error: what the line lacks.
tl::expected<std::vector<Frame>, std::string> build_frames(const PacketPattern& pattern, Flow* flow,
                                                           LinkLayer link_layer);

}  // namespace apiary::script
