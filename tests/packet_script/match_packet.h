#pragma once

#include <optional>
#include <string>

#include "flow.h"
#include "packet_pattern.h"
#include "wire/frame.h"

namespace apiary::script {

/// How the datagram or ARP message in `frame` differs from `pattern`; nothing if it matches. `flow`
/// as in build_frames(), in the other direction. Also checks the checksums, and that TCP payload is
/// the service's output at that position.
std::optional<std::string> mismatch(const PacketPattern& pattern, Bytes frame, LinkLayer link_layer,
                                    const Flow* flow);

}  // namespace apiary::script
