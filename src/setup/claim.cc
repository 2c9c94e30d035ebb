#include "setup/claim.h"

#include <fmt/format.h>

#include <algorithm>

#include "honeynet/nic_addresses.h"

namespace apiary {
namespace {

const IpPrefix never_claimed[] = {{IpAddress::v4(127, 0, 0, 0), 8},
                                  {IpAddress::v4(224, 0, 0, 0), 3}};

void take_out(Claim& claim, const IpPrefix& prefix, std::string_view why) {
  const AddressSet taken = claim.addresses.within(prefix);
  if (taken.empty()) return;
  claim.addresses.remove({prefix.first(), prefix.last()});
  claim.remarks.push_back(fmt::format("{} {}: not claimed", to_string(taken), why));
}

}  // namespace

tl::expected<AddressSet, std::string> parse_nets(const std::vector<std::string>& nets) {
  AddressSet set;
  for (const std::string& net : nets) {
    const auto range = parse_address_range(net);
    if (!range)
      return tl::unexpected(fmt::format(
          "'{}' is not an address (10.0.0.5), prefix (10.0.0.0/24) or range (10.0.0.5-10.0.0.9)",
          net));
    for (const IpPrefix& prefix : never_claimed)
      if (prefix.contains(range->first) || prefix.contains(range->last))
        return tl::unexpected(fmt::format("'{}' cannot be claimed: {} belongs to no machine", net,
                                          to_string(prefix)));
    set.add(*range);
  }
  return set;
}

tl::expected<Claim, std::string> exclude_own_addresses(AddressSet wanted) {
  Claim claim{std::move(wanted), {}};
  const auto addresses = own_addresses();
  if (!addresses) return tl::unexpected(to_string(addresses.error()));
  for (const OwnAddress& own : *addresses) {
    take_out(claim, own.own(), fmt::format("is this machine's own ({})", own.interface));
    if (!own.has_broadcast) continue;
    take_out(claim, {own.network().first(), 32},
             fmt::format("is the network's own address on {}", own.interface));
    take_out(claim, {own.network().last(), 32},
             fmt::format("is the broadcast address on {}", own.interface));
  }
  return claim;
}

ReceiveFilter receive_filter_of(const Honeynet& honeynet, const AddressSet& claimed,
                                std::span<const InterfaceSettings> interfaces,
                                const HashKey& host_key) {
  const std::vector<DhcpHost>& dhcp = honeynet.parts().dhcp;
  auto macs = nic_addresses(honeynet, claimed, host_key, max_listed_macs);
  if (!macs || macs->size() + dhcp.size() > max_listed_macs)
    return {.addresses = claimed, .many_macs = true, .dhcp = !dhcp.empty(), .broadcasts = true};
  for (const DhcpHost& host : dhcp)
    for (const InterfaceSettings& interface : interfaces)
      if (interface.name == host.interface)
        macs->push_back(mac_address(host, interface.mac, host_key));
  return {
      .addresses = claimed, .macs = std::move(*macs), .dhcp = !dhcp.empty(), .broadcasts = true};
}

std::vector<std::string> dhcp_hosts_without_link(const Honeynet& honeynet,
                                                 std::span<const InterfaceSettings> interfaces) {
  std::vector<std::string> sentences;
  for (const DhcpHost& host : honeynet.parts().dhcp) {
    const bool is_here = std::ranges::any_of(interfaces, [&](const InterfaceSettings& interface) {
      return interface.name == host.interface && interface.link_layer == LinkLayer::ethernet;
    });
    if (!is_here)
      sentences.push_back(
          fmt::format("a host of '{}' gets no address: {} is not an Ethernet interface of this "
                      "daemon (add -i {})",
                      host.host_template->name, host.interface, host.interface));
  }
  return sentences;
}

std::vector<std::string> inside_interfaces(const Honeynet& honeynet) {
  std::vector<std::string> names;
  for (const PhysicalHost& machine : honeynet.parts().physical_hosts)
    if (std::find(names.begin(), names.end(), machine.interface) == names.end())
      names.push_back(machine.interface);
  return names;
}

ReceiveFilter receive_filter_at(std::string_view name, ReceiveFilter filter,
                                std::span<const std::string> inside) {
  if (std::find(inside.begin(), inside.end(), name) == inside.end()) return filter;
  filter.addresses.add(IpPrefix{IpAddress::v4(0), 0});
  filter.broadcasts = false;
  return filter;
}

AddressSet belonging_to_machine(std::span<const OwnAddress> addresses) {
  AddressSet all;
  for (const OwnAddress& own : addresses) {
    all.add(own.own());
    if (!own.has_broadcast) continue;
    all.add(IpPrefix{own.network().first(), 32});
    all.add(IpPrefix{own.network().last(), 32});
  }
  return all;
}

std::vector<InterfaceSettings> settings_of(std::span<const std::unique_ptr<Device>> devices) {
  const auto addresses = own_addresses().value_or(std::vector<OwnAddress>{});
  const auto routes = read_routes().value_or(std::vector<SeenRoute>{});
  std::vector<InterfaceSettings> settings;
  for (const auto& device : devices) settings.push_back(settings_of(*device, addresses, routes));
  return settings;
}

InterfaceSettings settings_of(const Device& device, std::span<const OwnAddress> addresses,
                              std::span<const SeenRoute> routes) {
  InterfaceSettings settings{.link_layer = device.link_layer(),
                             .mac = device.mac(),
                             .mtu_bytes = device.mtu_bytes(),
                             .name = device.name()};
  for (const OwnAddress& own : addresses)
    if (own.interface == device.name()) settings.networks.push_back({own.network(), own.address});
  for (const SeenRoute& route : routes)
    if (route.interface_name == device.name() && route.gateway && route.destination.length() == 0)
      settings.gateway = route.gateway;
  return settings;
}

}  // namespace apiary
