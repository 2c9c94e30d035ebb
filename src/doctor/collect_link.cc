#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "device/network_interface.h"
#include "doctor/collect_snapshot.h"
#include "doctor/link_probe.h"

namespace apiary {
namespace {

// The most addresses to probe: those that fit into a second.
constexpr std::size_t max_addresses = 2048;
constexpr std::size_t max_networks = 16;

/// The routers of the routes through the interface.
std::vector<IpAddress> routers_on(const SystemSnapshot& snapshot) {
  std::set<IpAddress> routers;
  for (const SeenRoute& route : snapshot.routes)
    if (route.gateway && route.interface_name == snapshot.interface.name)
      routers.insert(*route.gateway);
  return {routers.begin(), routers.end()};
}

/// Neighbours in the kernel's ARP cache (/proc/net/arp).
std::vector<IpAddress> neighbours_on(const std::string& interface) {
  constexpr std::string_view complete = "0x2";
  std::vector<IpAddress> neighbours;
  std::ifstream table("/proc/net/arp");
  std::string line;
  std::getline(table, line);  // the headings
  while (std::getline(table, line)) {
    std::istringstream fields(line);
    std::string address, type, flags, mac, mask, device;
    fields >> address >> type >> flags >> mac >> mask >> device;
    if (device != interface || flags != complete) continue;
    if (const auto parsed = parse_ip_address(address)) neighbours.push_back(*parsed);
  }
  return neighbours;
}

std::vector<IpAddress> first_addresses(const AddressSet& set, std::size_t most) {
  std::vector<IpAddress> addresses;
  for (const AddressRange& range : set.ranges())
    for (std::uint64_t value = range.first.v4_value();
         value <= range.last.v4_value() && addresses.size() < most; ++value)
      addresses.push_back(IpAddress::v4(static_cast<std::uint32_t>(value)));
  return addresses;
}

void ask_for_claimed(LinkProbe& probe, SystemSnapshot& snapshot) {
  const auto addresses = first_addresses(snapshot.on_link, max_addresses);
  snapshot.link.asked = addresses.size();
  for (const auto& machine : probe.who_has(addresses, probe.mac()))
    snapshot.link.real_machines.push_back(machine);
}

/// An address of the network, not its first if possible: routers treat that as a broadcast.
IpAddress target_in(const IpPrefix& network) {
  const std::uint32_t first = network.first().v4_value();
  return IpAddress::v4(network.length() >= 31 ? first : first + 1);
}

void try_routers(LinkProbe& probe, const std::map<IpAddress, MacAddress>& there,
                 SystemSnapshot& snapshot) {
  if (snapshot.routed.empty() || !snapshot.address) return;
  std::vector<IpPrefix> networks = snapshot.routed.prefixes();
  if (networks.size() > max_networks) networks.resize(max_networks);
  std::vector<IpAddress> targets;
  for (const IpPrefix& network : networks) targets.push_back(target_in(network));
  for (const IpAddress& router : routers_on(snapshot)) {
    RouterProbe result{.router = router};
    if (const auto found = there.find(router); found != there.end()) {
      result.is_there = true;
      const auto came = probe.find_forwarded(found->second, *snapshot.address, targets);
      for (std::size_t i = 0; i < networks.size(); ++i)
        (std::ranges::find(came, targets[i]) != came.end() ? result.came : result.missed)
            .push_back(networks[i]);
    }
    snapshot.link.routers.push_back(std::move(result));
  }
}

/// Sends ARP requests from an unused MAC address to neighbours that answer us.
void try_foreign_mac(LinkProbe& probe, const std::map<IpAddress, MacAddress>& there,
                     SystemSnapshot& snapshot) {
  if (!snapshot.request.has_own_macs || there.empty()) return;
  std::vector<IpAddress> addresses;
  for (const auto& [address, mac] : there) addresses.push_back(address);
  snapshot.link.passes_foreign_macs = !probe.who_has(addresses, probe.foreign_mac()).empty();
}

}  // namespace

void collect_link(SystemSnapshot& snapshot) {
  const InterfaceView& view = snapshot.interface;
  if (view.is_tun || !view.has_link || !view.is_ethernet || !snapshot.rights.packet_sockets) return;
  const auto interface = find_interface(view.name);
  if (!interface) return;
  auto probe = LinkProbe::open(*interface);
  if (!probe) return;
  snapshot.link.was_probed = true;
  ask_for_claimed(*probe, snapshot);
  std::vector<IpAddress> known = routers_on(snapshot);
  if (snapshot.request.has_own_macs)
    for (const IpAddress& neighbour : neighbours_on(view.name)) known.push_back(neighbour);
  auto there = probe->who_has(known, probe->mac());
  try_routers(*probe, there, snapshot);
  if (snapshot.request.has_own_macs)
    for (const auto& machine : snapshot.link.real_machines) there.insert(machine);
  try_foreign_mac(*probe, there, snapshot);
}

}  // namespace apiary
