#include "lan/lan_presence.h"

#include <algorithm>
#include <utility>

namespace apiary {

LanPresence::LanPresence(const Dependencies& dependencies, ArpMode arp, const Limits& limits,
                         const HashKey& table_key, std::uint64_t seed)
    : deps_(dependencies),
      arp_(arp, limits, table_key, Random{mix_bits(seed + 4)}, dependencies.share),
      neighbours_(limits, table_key, Random{mix_bits(seed + 6)}),
      background_arp_(deps_.interfaces, Random{mix_bits(seed + 7)}, dependencies.share),
      dhcp_({deps_.honeynet, deps_.outlet, deps_.interfaces, deps_.host_key},
            Random{mix_bits(seed + 5)}) {
  background_arp_.adopt(*deps_.honeynet, deps_.claimed);
}

void LanPresence::on_arp(Instant now, const ArpArrival& arrival, Outbox& out) {
  dhcp_.on_arp(now, arrival.interface, arrival.message, out);
  if (has_nics()) neighbours_.on_arp(now, arrival.message);
  arp_.handle(now, arrival, stations(), deps_.outlet, out);
}

void LanPresence::note_neighbour(Instant now, const Egress& from, const IpAddress& destination,
                                 bool confirms) {
  const auto station = stations().find(from.interface, destination);
  if (station) neighbours_.on_datagram(now, from, *station, confirms);
}

void LanPresence::ask_for_owner(Instant now, InterfaceId interface, const IpAddress& address) {
  if (const auto station = stations().find(interface, address))
    arp_.may_speak(now, interface, address, *station, deps_.outlet);
}

void LanPresence::on_time(Instant now, Outbox& out) {
  arp_.on_time(now, stations(), deps_.outlet);
  neighbours_.on_time(now, stations(), deps_.outlet);
  background_arp_.on_time(now, stations(), arp_, deps_.outlet);
  if (std::exchange(dhcp_is_stale_, false)) dhcp_.adopt(now, out);
  dhcp_.on_time(now, out);
}

Instant LanPresence::next_due() const {
  if (dhcp_is_stale_ && !(dhcp_.empty() && deps_.honeynet->parts().dhcp.empty())) return Instant{};
  return std::min(
      {arp_.next_due(), neighbours_.next_due(), background_arp_.next_due(), dhcp_.next_due()});
}

void LanPresence::add_tables(std::vector<TableUse>& tables) const {
  tables.push_back(arp_.use());
  tables.push_back(neighbours_.use());
}

void LanPresence::adopt(const Honeynet& honeynet, const AddressSet& claimed) {
  dhcp_is_stale_ = true;
  background_arp_.adopt(honeynet, claimed);
}

void LanPresence::on_change() { adopt(*deps_.honeynet, deps_.claimed); }

void LanPresence::leave_to_machine(Instant now, const AddressSet& addresses, Outbox& out) {
  background_arp_.adopt(*deps_.honeynet, deps_.claimed);
  dhcp_.leave_to_machine(now, addresses, out);
}

}  // namespace apiary
