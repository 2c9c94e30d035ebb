#pragma once

#include <optional>
#include <vector>

#include "honeynet/honeynet.h"

namespace apiary {

/// The MAC address of the host at `address`, if it has a network card of its own.
std::optional<MacAddress> nic_address(const Honeynet& honeynet, const IpAddress& address,
                                      const HashKey& host_key);

/// The MAC addresses of at most `limit` hosts of `honeynet` at `addresses` that have cards; nothing
/// when there are more.
std::optional<std::vector<MacAddress>> nic_addresses(const Honeynet& honeynet,
                                                     const AddressSet& addresses,
                                                     const HashKey& host_key, std::size_t limit);

}  // namespace apiary
