#pragma once

#include <cstdint>

#include "base/address.h"
#include "base/bytes.h"
#include "base/time.h"

namespace apiary {

/// The index of one of the daemon's interfaces, in the order of the command line.
struct InterfaceId {
  std::uint8_t index = 0;
  bool operator==(const InterfaceId&) const = default;
};

/// How an interface frames its packets.
enum class LinkLayer : std::uint8_t { ethernet, raw_ip };

/// A received frame. The device owns its bytes, which are valid until the next receive().
struct ReceivedFrame {
  Bytes bytes;
  /// The sender's kernel left the transport checksum to hardware that the packet never passed
  /// (veth, containers). The field has no checksum, so it must not be checked.
  bool checksum_pending = false;
  /// How long the frame waited before receive() returned it; zero if unknown.
  Duration waited{};
  /// The VLAN of the tag that the kernel took off it; 0: none, or only a priority.
  std::uint16_t vlan = 0;
};

/// How the reply to a frame leaves: by the interface that received the frame, from its destination
/// MAC address to its source. With routed addresses the source is the router, so Apiary sends no
/// ARP requests for it.
struct Egress {
  InterfaceId interface;
  MacAddress peer, own;  // unused on a raw IP interface
  bool operator==(const Egress&) const = default;
};

}  // namespace apiary
