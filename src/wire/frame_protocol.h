#pragma once

#include <cstdint>
#include <string_view>

#include "base/numbers.h"
#include "wire/frame.h"

namespace apiary {

/// The protocol of a frame, for counters.
enum class FrameProtocol : std::uint8_t { icmp, tcp, udp, arp, other, count_ };
std::string_view to_string(FrameProtocol protocol);

/// That of a frame with an IP datagram of this protocol.
inline FrameProtocol protocol_of_ip(std::uint8_t protocol) {
  switch (static_cast<IpProtocol>(protocol)) {
    case IpProtocol::icmp:
      return FrameProtocol::icmp;
    case IpProtocol::tcp:
      return FrameProtocol::tcp;
    case IpProtocol::udp:
      return FrameProtocol::udp;
  }
  return FrameProtocol::other;
}

/// The protocol that the headers name, even if the frame is truncated or malformed.
FrameProtocol protocol_of(Bytes frame, LinkLayer link_layer);

}  // namespace apiary
