#pragma once

#include <optional>
#include <string>

#include "flow.h"
#include "packet_pattern.h"
#include "wire/ip.h"

namespace apiary::script {

/// How the segment in `actual` differs from `expected`; nothing if it matches.
std::optional<std::string> mismatch_tcp(const TcpPattern& expected, const PacketPattern::Ends& ends,
                                        const IpDatagram& actual, const Flow* flow);

}  // namespace apiary::script
