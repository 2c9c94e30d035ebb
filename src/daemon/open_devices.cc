#include "daemon/open_devices.h"

#include <fmt/format.h>

#include <algorithm>

#include "device/gre_tunnel.h"
#include "device/kernel_tables.h"
#include "device/network_interface.h"
#include "setup/claim.h"

namespace apiary {
namespace {

std::string names_of_interfaces() {
  std::string names;
  for (const SeenLink& link : read_links().value_or(std::vector<SeenLink>{}))
    if (link.name != "lo") names += (names.empty() ? "" : ", ") + link.name;
  return names.empty() ? "none" : names;
}

bool is_open(const OpenDevices& open, std::string_view name) {
  return std::ranges::any_of(
      open.devices, [&](const std::unique_ptr<Device>& device) { return device->name() == name; });
}

/// Opens each interface once: two devices on one would both answer.
tl::expected<void, std::string> open_outside(const std::vector<std::string>& names,
                                             const ReceiveFilter& filter, std::size_t queues,
                                             OpenDevices& open) {
  for (const std::string& name : names) {
    const DeviceSpec spec = parse_device_spec(name);
    if (is_open(open, spec.interface)) {
      open.remarks.push_back(fmt::format("-i {} is given twice; using it once", name));
      continue;
    }
    auto device = open_device(spec, filter, queues);
    if (!device) return tl::unexpected(to_string(device.error()));
    if ((*device)->queues().size() < queues)
      return tl::unexpected(
          fmt::format("--threads {}: {} has a single queue: use --threads 1", queues, name));
    if (is_open(open, (*device)->name()))
      open.remarks.push_back(
          fmt::format("-i {} is another name of {}, which is also given; using it once", name,
                      (*device)->name()));
    else {
      if (std::string remark = (*device)->remark(); !remark.empty())
        open.remarks.push_back(std::move(remark));
      open.devices.push_back(std::move(*device));
    }
  }
  return {};
}

tl::expected<void, std::string> open_inside(const Honeynet& honeynet, const ReceiveFilter& filter,
                                            OpenDevices& open) {
  const std::vector<std::string> inside = inside_interfaces(honeynet);
  for (const std::string& name : inside) {
    auto device =
        open_device({DeviceType::ethernet, name}, receive_filter_at(name, filter, inside));
    if (!device) return tl::unexpected(to_string(device.error()));
    const std::string& proper = (*device)->name();
    if (is_open(open, proper))
      return tl::unexpected(fmt::format(
          "{0} is used both with -i and for `bind ADDRESS to {0}`: put real machines on "
          "another interface",
          name == proper ? name : fmt::format("{} ({})", name, proper)));
    if (proper != name)
      return tl::unexpected(
          fmt::format("real machines are bound to {}, another name of {}: bind them to {}", name,
                      proper, proper));
    open.devices.push_back(std::move(*device));
  }
  return {};
}

}  // namespace

tl::expected<OpenDevices, std::string> open_devices(std::vector<std::string> names,
                                                    const Honeynet& honeynet,
                                                    const ReceiveFilter& filter,
                                                    std::size_t queues) {
  if (names.empty()) {
    const auto name = default_interface();
    if (!name)
      return tl::unexpected(
          fmt::format("no interface given, and no default route: use -i NAME; interfaces: {}",
                      names_of_interfaces()));
    names.push_back(*name);
  }
  OpenDevices open;
  if (auto opened = open_outside(names, filter, queues, open); !opened)
    return tl::unexpected(opened.error());
  if (auto opened = open_inside(honeynet, filter, open); !opened)
    return tl::unexpected(opened.error());
  for (const TunnelEnds& ends : honeynet.topology().tunnels()) {
    auto tunnel = GreTunnel::open(ends);
    if (!tunnel) return tl::unexpected(to_string(tunnel.error()));
    open.devices.push_back(std::move(*tunnel));
  }
  return open;
}

std::vector<Holding> holdings_of(std::span<const std::unique_ptr<Device>> devices,
                                 std::span<const std::string> inside, const AddressSet& wanted) {
  AddressSet all;
  all.add(IpPrefix{IpAddress::v4(0), 0});
  std::vector<Holding> holdings;
  for (const std::unique_ptr<Device>& device : devices) {
    const std::string& name = device->name();
    const bool is_tun = device->type() == DeviceType::tun;
    const bool holds_all =
        device->type() == DeviceType::gre || std::ranges::find(inside, name) != inside.end();
    holdings.push_back({is_tun ? "tun" : name, holds_all ? all : wanted});
  }
  return holdings;
}

}  // namespace apiary
