#pragma once

#include "base/address.h"
#include "base/random.h"
#include "base/time.h"
#include "wire/dhcp.h"

namespace apiary {

/// An address that a server leased.
struct Lease {
  IpAddress address, server;
  MacAddress server_mac;                            // of the server or a relay
  Instant obtained{}, renew{}, rebind{}, expire{};  // Instant::max(): never
};

/// Sets the times of a lease: those of the server if they are consistent.
void set_times(Lease& lease, const DhcpMessage& ack, Instant now, Random& random);

/// A time from 0 to `limit`.
inline Duration below(Duration limit, Random& random) {
  return Duration{random.below(static_cast<std::uint64_t>(limit.count()) + 1)};
}

}  // namespace apiary
