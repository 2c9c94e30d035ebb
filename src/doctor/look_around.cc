#include "doctor/look_around.h"

#include <algorithm>

#include "device/network_interface.h"

namespace apiary {
namespace {

/// Parts the claim into what is on the interface's own networks and what is not. The networks of a
/// port are those of its bridge or bond.
void part_claim(Situation& situation) {
  AddressSet networks;
  for (const OwnAddress& own : situation.own_addresses) {
    if (own.interface != situation.interface.name && own.interface != situation.interface.master)
      continue;
    if (!situation.address) situation.address = own.address;
    networks.add(own.network());
  }
  for (const AddressRange& range : situation.wish.claimed.ranges()) {
    std::uint64_t at = range.first.v4_value();
    const std::uint64_t end = std::uint64_t{range.last.v4_value()} + 1;
    const auto add = [&](AddressSet& set, std::uint64_t until) {
      if (at < until)
        set.add(AddressRange{IpAddress::v4(static_cast<std::uint32_t>(at)),
                             IpAddress::v4(static_cast<std::uint32_t>(until - 1))});
      at = std::max(at, until);
    };
    for (const AddressRange& network : networks.ranges()) {
      add(situation.routed, std::min<std::uint64_t>(end, network.first.v4_value()));
      if (at >= network.first.v4_value())
        add(situation.on_link, std::min(end, std::uint64_t{network.last.v4_value()} + 1));
    }
    add(situation.routed, end);
  }
}

}  // namespace

tl::expected<Situation, std::string> look_around(const DoctorOptions& options) {
  auto wish = look_at_wish(options);
  if (!wish) return tl::unexpected(wish.error());
  Situation situation{.wish = std::move(*wish)};
  situation.own_addresses = own_addresses().value_or(std::vector<OwnAddress>{});
  look_at_interface(
      options.interface.empty() ? default_interface().value_or("") : options.interface, situation);
  part_claim(situation);
  look_at_kernel(situation);
  look_at_programs(options.control, situation);
  look_at_link(situation);
  return situation;
}

}  // namespace apiary
