#pragma once

#include <optional>
#include <string>

#include "flow.h"
#include "packet_pattern.h"
#include "wire/ip.h"

namespace apiary::script {

/// How the payload of `actual`, a whole datagram, differs from `expected` for TCP, UDP, ICMP or
/// another protocol; nothing if it matches.
std::optional<std::string> mismatch_payload(const PacketPattern& expected,
                                            const PacketPattern::Ends& ends,
                                            const IpDatagram& actual, const Flow* flow);

/// Whether `text` matches `pattern`, in which "*" matches anything.
bool fits(std::string_view text, std::string_view pattern);

}  // namespace apiary::script
