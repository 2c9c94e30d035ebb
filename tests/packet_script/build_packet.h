#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "flow.h"
#include "packet_pattern.h"

namespace apiary::script {

using Frame = std::vector<std::uint8_t>;

/// The frames a packet line injects: one, or as many as there are fragments. `flow` is whose
/// endpoints and sequence numbers count; it may be null where the line names addresses. The error
/// says what the line lacks.
tl::expected<std::vector<Frame>, std::string> build_frames(const PacketPattern& pattern, Flow* flow,
                                                           LinkLayer link_layer);

}  // namespace apiary::script
