#include "doctor/collect_snapshot.h"

#include <algorithm>

#include "device/network_interface.h"

namespace apiary {
namespace {

/// Splits the claim into addresses on the interface's own networks and others. The networks of a
/// port are those of its bridge or bond.
void part_claim(SystemSnapshot& snapshot) {
  AddressSet networks;
  for (const OwnAddress& own : snapshot.own_addresses) {
    if (own.interface != snapshot.interface.name && own.interface != snapshot.interface.master)
      continue;
    if (!snapshot.address) snapshot.address = own.address;
    networks.add(own.network());
  }
  for (const AddressRange& range : snapshot.request.claimed.ranges()) {
    std::uint64_t at = range.first.v4_value();
    const std::uint64_t end = std::uint64_t{range.last.v4_value()} + 1;
    const auto add = [&](AddressSet& set, std::uint64_t until) {
      if (at < until)
        set.add(AddressRange{IpAddress::v4(static_cast<std::uint32_t>(at)),
                             IpAddress::v4(static_cast<std::uint32_t>(until - 1))});
      at = std::max(at, until);
    };
    for (const AddressRange& network : networks.ranges()) {
      add(snapshot.routed, std::min<std::uint64_t>(end, network.first.v4_value()));
      if (at >= network.first.v4_value())
        add(snapshot.on_link, std::min(end, std::uint64_t{network.last.v4_value()} + 1));
    }
    add(snapshot.routed, end);
  }
}

}  // namespace

tl::expected<SystemSnapshot, std::string> collect_snapshot(const DoctorOptions& options) {
  auto request = collect_request(options);
  if (!request) return tl::unexpected(request.error());
  SystemSnapshot snapshot{.request = std::move(*request)};
  snapshot.own_addresses = own_addresses().value_or(std::vector<OwnAddress>{});
  collect_interface(
      options.interface.empty() ? default_interface().value_or("") : options.interface, snapshot);
  part_claim(snapshot);
  collect_kernel(snapshot);
  collect_programs(options.control, snapshot);
  collect_sandbox(snapshot);
  collect_link(snapshot);
  return snapshot;
}

}  // namespace apiary
