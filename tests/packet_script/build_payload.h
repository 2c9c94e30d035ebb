#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "flow.h"
#include "packet_pattern.h"

namespace apiary::script {

/// The payload of an IP header.
struct Payload {
  std::uint8_t protocol = 0;
  std::vector<std::uint8_t> bytes;
};

/// The payload of a packet line that injects TCP, UDP, ICMP or another protocol. Error: what cannot
/// be built.
tl::expected<Payload, std::string> build_payload(const PacketPattern& pattern,
                                                 const PacketPattern::Ends& ends, Flow* flow);

}  // namespace apiary::script
