#include "lan/station_lookup.h"

#include "base/keyed_hash.h"

namespace apiary {
namespace {

// The reaction times of a fast and of a slow machine.
constexpr Duration least_reaction = microseconds{40}, reaction_spread = microseconds{260};

Duration reaction_of(const MacAddress& mac, const HashKey& key) {
  return least_reaction +
         Duration{keyed_hash(key, mac.bytes) % static_cast<std::uint64_t>(reaction_spread.count())};
}

}  // namespace

std::optional<IpAddress> StationLookup::address_of(const IpAddress& destination) const {
  const Path* const path = honeynet_.topology().path_to(destination);
  if (path == nullptr) return {};
  return path->hops.empty() ? destination : path->hops.front().router;
}

std::optional<Station> StationLookup::find(InterfaceId interface, const IpAddress& address) const {
  if (const LeasedHost* const leased = leases_.find(address)) {
    if (leased->interface != interface) return {};
    return Station{address, leased->mac, machine_on_link(*leased->host_template).personality->arp,
                   true,    true,        reaction_of(leased->mac, key_)};
  }
  if (!claimed_.contains(address)) return {};
  const auto at = address_of(address);
  const HostTemplatePtr* const host_template = at ? honeynet_.find_host(*at) : nullptr;
  if (host_template == nullptr) return {};
  const HostTemplate& machine = machine_on_link(**host_template);
  if (machine.nic == nullptr)
    return Station{
        .address = *at, .mac = interfaces_[interface.index].mac, .arp = machine.personality->arp};
  const MacAddress mac = mac_address(*machine.nic, *at, key_);
  return Station{*at, mac, machine.personality->arp, true, false, reaction_of(mac, key_)};
}

bool StationLookup::receives(InterfaceId interface, const MacAddress& receiver,
                             const IpAddress& address) const {
  const InterfaceSettings& on = interfaces_[interface.index];
  if ((!honeynet_.has_nics() && leases_.empty()) || on.link_layer == LinkLayer::raw_ip) return true;
  const auto station = find(interface, address);
  if (station && station->has_nic && receiver == station->mac) return true;
  if (receiver != on.mac) return false;
  if (!station || !station->has_nic) return true;
  return !station->is_leased && on.network_of(*address_of(address)) == nullptr;
}

}  // namespace apiary
