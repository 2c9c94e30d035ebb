#pragma once

#include <optional>
#include <string>

#include "flow.h"
#include "packet_pattern.h"
#include "wire/frame.h"

namespace apiary::script {

/// How the datagram or ARP message in `frame` differs from `pattern`; nothing when it does not.
/// `flow` is as for build_frames(), the other way round. Checksums are checked, and for TCP that
/// the payload is what the service said at that place.
std::optional<std::string> mismatch(const PacketPattern& pattern, Bytes frame, LinkLayer link_layer,
                                    const Flow* flow);

}  // namespace apiary::script
