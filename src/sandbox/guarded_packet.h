#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "base/address.h"

namespace apiary {

/// The fields of an IPv4 packet of a server that EgressGate uses.
struct GuardedPacket {
  FlowKey flow;              // `local` is the server's end
  bool begins_flow = false;  // a SYN of an active open, or any datagram of UDP
  std::size_t quoted_bytes;  // of its beginning, that an ICMP error quotes (RFC 792)
};

/// Reads a packet with its IP header. Nothing: it is malformed, a later fragment, or neither TCP
/// nor UDP.
std::optional<GuardedPacket> read_guarded_packet(std::span<const std::byte> packet);

}  // namespace apiary
