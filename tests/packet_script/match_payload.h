#pragma once

#include <optional>
#include <string>

#include "flow.h"
#include "packet_pattern.h"
#include "wire/ipv4.h"

namespace apiary::script {

/// How the payload of `actual`, a whole datagram, differs from what `expected` says of TCP, UDP,
/// ICMP or another protocol; nothing when it does not.
std::optional<std::string> mismatch_payload(const PacketPattern& expected,
                                            const PacketPattern::Ends& ends,
                                            const IpDatagram& actual, const Flow* flow);

/// Whether `text` is `pattern`, in which "*" stands for anything.
bool fits(std::string_view text, std::string_view pattern);

}  // namespace apiary::script
