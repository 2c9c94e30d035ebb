#include "daemon/claimed_network.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "config/address_values.h"
#include "daemon/open_devices.h"
#include "honeynet/honeynet.h"

namespace apiary {
namespace {

tl::expected<AddressSet, std::string> nets_of(const RunOptions& options, spdlog::logger& log) {
  auto nets = parse_nets(options.nets);
  if (!nets) return nets;
  for (const std::string& net : options.nets)
    if (const auto remark = remark_on_host_bits(net)) log.warn("{}", remark->message);
  return nets;
}

/// The addresses to claim of `wanted`. Hosts with DHCP need none.
tl::expected<AddressSet, std::string> claim_of(const AddressSet& wanted, bool has_dhcp,
                                               const std::string& file, spdlog::logger& log) {
  if (wanted.empty() && !has_dhcp)
    return tl::unexpected(fmt::format(
        "no addresses to answer for: {} binds and routes none; name them, for example 10.0.0.0/24",
        file));
  auto claim = exclude_own_addresses(wanted);
  if (!claim) return tl::unexpected(claim.error());
  for (const std::string& remark : claim->remarks) log.info("{}", remark);
  if (claim->addresses.empty() && !has_dhcp)
    return tl::unexpected(std::string("all addresses to claim are this machine's own"));
  return std::move(claim->addresses);
}

}  // namespace

tl::expected<std::unique_ptr<ClaimedNetwork>, std::string> ClaimedNetwork::open(
    const RunOptions& options, const Configuration& configuration, const HashKey& host_key,
    spdlog::logger& log) {
  const Honeynet& honeynet = *configuration.honeynet;
  auto nets = nets_of(options, log);
  if (!nets) return tl::unexpected(std::move(nets.error()));
  const AddressSet& wanted = nets->empty() ? configuration.addresses : *nets;
  const auto claimed = claim_of(wanted, !honeynet.parts().dhcp.empty(), options.configuration, log);
  if (!claimed) return tl::unexpected(claimed.error());

  auto monitor = LinkMonitor::open();  // before the devices, so that no change is missed
  if (!monitor) return tl::unexpected(to_string(monitor.error()));
  ReceiveFilter filter = receive_filter_of(honeynet, *claimed, {}, host_key);
  auto open = open_devices(options.interfaces, honeynet, filter, options.threads);
  if (!open) return tl::unexpected(std::move(open.error()));
  for (const std::string& remark : open->remarks) log.warn("{}", remark);

  auto network = std::make_unique<ClaimedNetwork>(
      std::move(open->devices), inside_interfaces(honeynet), std::move(*nets), std::move(filter));
  network->monitor_ = std::move(*monitor);
  network->wanted_ = network->wanted_by(configuration);
  if (auto joined = network->join_daemons(log); !joined) return tl::unexpected(joined.error());
  network->guard_kernel(log);
  return network;
}

ClaimedNetwork::ClaimedNetwork(std::vector<std::unique_ptr<Device>> devices,
                               std::vector<std::string> inside, AddressSet nets,
                               ReceiveFilter filter)
    : devices_(std::move(devices)),
      inside_(std::move(inside)),
      nets_(std::move(nets)),
      wanted_(filter.addresses),
      receive_filter_(std::move(filter)) {}

/// Reserves the addresses. Call it before anything changes that another daemon may use.
tl::expected<void, std::string> ClaimedNetwork::join_daemons(spdlog::logger& log) {
  auto registry = DaemonRegistry::join(holdings_of(devices_, inside_, wanted_));
  if (!registry) return tl::unexpected(std::move(registry.error()));
  registry_ = std::move(*registry);
  if (auto removed = remove_orphaned_guards(registry_->number()); !removed)
    log.warn("cannot remove the routing rules of a dead daemon: {}", to_string(removed.error()));
  return {};
}

void ClaimedNetwork::guard_kernel(spdlog::logger& log) {
  const ReceiveFilter claim{.addresses = receive_filter_.addresses};
  for (std::size_t i = 0; i < devices_.size(); ++i) {
    const Device& device = *devices_[i];
    if (device.link_layer() != LinkLayer::ethernet) continue;
    auto guard = KernelGuard::impose(device.name(),
                                     receive_filter_at(device.name(), claim, inside_).addresses,
                                     guard_number(registry_->number(), i));
    if (!guard) {
      log.warn("the kernel may answer packets for honeypots: {}", to_string(guard.error()));
      continue;
    }
    if (!guard->gap().empty()) log.warn("{}", guard->gap());
    (is_inside(device.name()) ? inside_guards_ : guards_).push_back(std::move(*guard));
  }
}

bool ClaimedNetwork::has_device(std::string_view name) const {
  return std::ranges::any_of(devices_, [&](const auto& device) { return device->name() == name; });
}

bool ClaimedNetwork::is_inside(std::string_view name) const {
  return std::ranges::find(inside_, name) != inside_.end();
}

tl::expected<void, std::string> ClaimedNetwork::receive(const ReceiveFilter& filter) {
  if (filter == receive_filter_) return {};
  if (const auto applied = apply(filter); !applied) {
    (void)apply(receive_filter_);
    return tl::unexpected(to_string(applied.error()));
  }
  receive_filter_ = filter;
  return {};
}

tl::expected<void, SystemError> ClaimedNetwork::apply(const ReceiveFilter& filter) {
  for (const auto& device : devices_)
    if (auto set = device->set_receive_filter(receive_filter_at(device->name(), filter, inside_));
        !set)
      return set;
  for (KernelGuard& guard : guards_)
    if (auto covered = guard.change_to(filter.addresses); !covered) return covered;
  return {};
}

tl::expected<void, std::string> ClaimedNetwork::reserve(const AddressSet& wanted) {
  if (registry_ != nullptr)
    if (auto changed = registry_->change_to(holdings_of(devices_, inside_, wanted)); !changed)
      return changed;
  wanted_ = wanted;
  return {};
}

std::vector<std::string> ClaimedNetwork::restore_guards(std::span<const std::string> recreated) {
  std::vector<std::string> failures;
  for (std::vector<KernelGuard>* const guards : {&guards_, &inside_guards_})
    for (KernelGuard& guard : *guards)
      if (std::ranges::find(recreated, guard.interface()) != recreated.end())
        if (const auto imposed = guard.impose_again(); !imposed)
          failures.push_back(
              fmt::format("the kernel may disturb conversations: {}", to_string(imposed.error())));
  return failures;
}

}  // namespace apiary
