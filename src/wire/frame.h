#pragma once

#include <cstdint>

#include "base/address.h"
#include "base/bytes.h"
#include "base/time.h"

namespace apiary {

/// Which of the daemon's interfaces, counted from 0 in the order they were given.
struct InterfaceId {
  std::uint8_t index = 0;
  bool operator==(const InterfaceId&) const = default;
};

/// How an interface frames its packets.
enum class LinkLayer : std::uint8_t { ethernet, raw_ip };

/// A frame as a device hands it over; its bytes are the device's until its next receive().
struct ReceivedFrame {
  Bytes bytes;
  /// The sender's kernel left the transport checksum to hardware that the packet never met (veth,
  /// containers): it is not on the wire and is not to be checked.
  bool checksum_pending = false;
  /// How long it had waited for us when the device handed it over; zero when that is not known.
  Duration waited{};
  /// The VLAN of the tag that the kernel took off it; 0: none, or only a priority.
  std::uint16_t vlan = 0;
};

/// Where the answer to a frame goes: out of the interface it came in by, from whom it was sent to,
/// to who sent it. In routed use that is the router, so no ARP of our own is needed.
struct Egress {
  InterfaceId interface;
  MacAddress peer, own;  // unused on a raw IP interface
  bool operator==(const Egress&) const = default;
};

}  // namespace apiary
