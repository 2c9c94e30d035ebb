#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/address.h"

namespace apiary {

/// Which GRE tunnel (RFC 2784, RFC 2890): from an address of this machine to another machine's.
struct TunnelEnds {
  IpAddress local, remote;
  std::optional<std::uint32_t> key{};  // of one of several tunnels between the same ends
  bool has_checksums = false;          // in the packets we send; those we get may do as they like
  bool operator==(const TunnelEnds&) const = default;
};

/// "gre:192.0.2.1-198.51.100.1", with its key "gre:192.0.2.1-198.51.100.1-7": as its interface is
/// called.
inline std::string to_string(const TunnelEnds& ends) {
  std::string name = "gre:" + to_string(ends.local) + "-" + to_string(ends.remote);
  if (ends.key) name += "-" + std::to_string(*ends.key);
  return name;
}

}  // namespace apiary
