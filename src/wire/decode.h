#pragma once

#include <optional>
#include <tl/expected.hpp>
#include <variant>

#include "wire/arp.h"
#include "wire/frame.h"
#include "wire/ip.h"

namespace apiary {

/// Content and MAC addresses of a frame (none on a raw IP link).
struct DecodedFrame {
  MacAddress sender, receiver;
  std::variant<IpDatagram, ArpMessage> content{};
};

/// Parses a frame up to its network layer. Errors: those of parse_arp() and parse_ip(), of_vlan and
/// unknown_ether_type.
tl::expected<DecodedFrame, DecodeError> decode_frame(Bytes frame, LinkLayer link_layer);

/// The flow of the IPv4 datagram in `frame`, which may be malformed; nothing if it has none. Its
/// ports are only those of TCP segments without IP options.
std::optional<FlowKey> read_flow(Bytes frame, LinkLayer link_layer);

}  // namespace apiary
