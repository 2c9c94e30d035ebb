#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/address.h"

namespace apiary {

/// Which GRE tunnel (RFC 2784, RFC 2890): from an address of this machine to another machine's.
struct TunnelEnds {
  IpAddress local, remote;
  std::optional<std::uint32_t> key{};  // distinguishes tunnels between the same ends
  bool has_checksums = false;          // in the packets we send; received ones may have them or not
  bool operator==(const TunnelEnds&) const = default;
};

/// The name of its interface: "gre:192.0.2.1-198.51.100.1", or "gre:192.0.2.1-198.51.100.1-7" with
/// a key.
inline std::string to_string(const TunnelEnds& ends) {
  std::string name = "gre:" + to_string(ends.local) + "-" + to_string(ends.remote);
  if (ends.key) name += "-" + std::to_string(*ends.key);
  return name;
}

}  // namespace apiary
