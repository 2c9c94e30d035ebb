#pragma once

#include <memory>
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

/// The addresses to answer for, and a sentence for each exclusion.
struct Claim {
  AddressSet addresses;
  std::vector<std::string> remarks;
};

/// Parses the NETs of the command line: addresses, prefixes, ranges. Error: a sentence on the first
/// that is invalid or can never be claimed (loopback, multicast).
tl::expected<AddressSet, std::string> parse_nets(const std::vector<std::string>& nets);

/// Excludes from `wanted` the addresses that must not be answered for: this machine's own, and the
/// network and broadcast addresses of its links. Error: a sentence.
tl::expected<Claim, std::string> exclude_own_addresses(AddressSet wanted);

/// The addresses that a machine with `addresses` must not answer for: these, and the network and
/// broadcast addresses of its links.
AddressSet belonging_to_machine(std::span<const OwnAddress> addresses);

/// The interfaces that physical hosts of `honeynet` are bound to, each once.
std::vector<std::string> inside_interfaces(const Honeynet& honeynet);

/// The receive filter of the device `name`, from the common `filter`. An `inside` interface also
/// receives packets from its physical hosts to any destination.
ReceiveFilter receive_filter_at(std::string_view name, ReceiveFilter filter,
                                std::span<const std::string> inside);

/// The receive filter for `honeynet` at `claimed`, and on `interfaces` for its hosts with DHCP.
ReceiveFilter receive_filter_of(const Honeynet& honeynet, const AddressSet& claimed,
                                std::span<const InterfaceSettings> interfaces,
                                const HashKey& host_key);

/// A sentence for each host whose DHCP cannot work, as its link is none of `interfaces`.
std::vector<std::string> dhcp_hosts_without_link(const Honeynet& honeynet,
                                                 std::span<const InterfaceSettings> interfaces);

/// The engine's settings for the open devices.
std::vector<InterfaceSettings> settings_of(std::span<const std::unique_ptr<Device>> devices);
/// The same for one device, on a machine with these addresses and routes.
InterfaceSettings settings_of(const Device& device, std::span<const OwnAddress> addresses,
                              std::span<const SeenRoute> routes);

}  // namespace apiary
