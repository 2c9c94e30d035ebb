#pragma once

#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "base/address_set.h"
#include "device/device.h"
#include "device/kernel_tables.h"
#include "device/own_addresses.h"
#include "honeynet/honeynet.h"
#include "host/interface_settings.h"

namespace apiary {

/// The addresses to answer for, and what was taken out of them and why, a sentence each.
struct Claim {
  AddressSet addresses;
  std::vector<std::string> remarks;
};

/// Reads the NETs of the command line: addresses, prefixes, ranges. Error: a sentence on the first
/// that is none of these, or can never be claimed (loopback, multicast).
tl::expected<AddressSet, std::string> parse_nets(const std::vector<std::string>& nets);

/// Takes out of `wanted` what must not be answered for: this machine's own addresses, and the
/// network and broadcast addresses of the links it is on. Error: a sentence.
tl::expected<Claim, std::string> exclude_own_addresses(AddressSet wanted);

/// What must not be answered for on a machine that has `addresses`: these, and the network and
/// broadcast addresses of the links it is on.
AddressSet belonging_to_machine(std::span<const OwnAddress> addresses);

/// The interfaces on whose links real machines of `honeynet` are, each once.
std::vector<std::string> inside_interfaces(const Honeynet& honeynet);

/// What the device called `name` is to receive when all are to receive `reception`: one of the
/// `inner` interfaces, from its real machines, packets for anybody.
ReceiveFilter receive_filter_at(std::string_view name, ReceiveFilter filter,
                                std::span<const std::string> inner);

/// What devices are to receive for `honeynet` at `claimed`, and on `interfaces` for its hosts that
/// ask DHCP servers.
ReceiveFilter receive_filter_of(const Honeynet& honeynet, const AddressSet& claimed,
                                std::span<const InterfaceSettings> interfaces,
                                const HashKey& host_key);

/// A sentence on each host that can ask no DHCP server, as none of `interfaces` is its link.
std::vector<std::string> dhcp_hosts_without_link(const Honeynet& honeynet,
                                                 std::span<const InterfaceSettings> interfaces);

/// An open device as the engine sees it.
InterfaceSettings settings_of(const Device& device);
/// The same, on a machine that has these addresses and routes.
InterfaceSettings settings_of(const Device& device, std::span<const OwnAddress> addresses,
                              std::span<const SeenRoute> routes);

}  // namespace apiary
