#include "honeynet/nic_addresses.h"

#include "base/keyed_hash.h"

namespace apiary {

std::optional<MacAddress> nic_address(const Honeynet& honeynet, const IpAddress& address,
                                      const HashKey& host_key) {
  const HostTemplatePtr* const host_template = honeynet.find_host(address);
  if (host_template == nullptr) return {};
  const HostTemplate& machine = machine_on_link(**host_template);
  if (machine.nic == nullptr) return {};
  return mac_address(*machine.nic, address, host_key);
}

std::optional<std::vector<MacAddress>> nic_addresses(const Honeynet& honeynet,
                                                     const AddressSet& addresses,
                                                     const HashKey& host_key, std::size_t limit) {
  std::vector<MacAddress> found;
  if (!honeynet.has_nics()) return found;
  for (const AddressRange& range : addresses.ranges())
    for (std::uint64_t value = range.first.v4_value(); value <= range.last.v4_value(); ++value) {
      const auto mac =
          nic_address(honeynet, IpAddress::v4(static_cast<std::uint32_t>(value)), host_key);
      if (!mac) continue;
      if (found.size() == limit) return {};
      found.push_back(*mac);
    }
  return found;
}

}  // namespace apiary
