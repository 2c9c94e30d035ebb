#pragma once

#include <cstdint>
#include <string_view>

#include "wire/frame.h"

namespace apiary {

/// The protocol of a frame, for counters.
enum class FrameProtocol : std::uint8_t { icmp, tcp, udp, arp, other, count_ };
std::string_view to_string(FrameProtocol protocol);

/// The protocol that the headers name, even if the frame is truncated or malformed.
FrameProtocol protocol_of(Bytes frame, LinkLayer link_layer);

}  // namespace apiary
