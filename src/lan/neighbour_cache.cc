#include "lan/neighbour_cache.h"

namespace apiary {
namespace {

/// The address with which `station` asks on the link `on`.
IpAddress asking_address(const InterfaceSettings& on, const Neighbour& neighbour,
                         const Station& station, bool is_anonymous) {
  const LinkNetwork* const network = on.network_of(neighbour.address);
  const bool belongs = on.networks.empty() || on.network_of(station.address) != nullptr;
  if (network == nullptr || (belongs && !is_anonymous)) return station.address;
  return network->own;
}

}  // namespace

std::optional<MacAddress> NeighbourCache::find(Instant now, const Neighbour& neighbour) {
  const Entry* const entry = entries_.touch(neighbour);
  if (entry == nullptr || !entry->mac || now - entry->heard > lifetime) return {};
  return entry->mac;
}

void NeighbourCache::ask(Instant now, const Neighbour& neighbour, const Station& station,
                         bool is_anonymous, PacketSender& outlet) {
  Entry& entry = entries_.touch_or_insert(neighbour);
  if (entry.asked != Instant::min() && now - entry.asked < ask_interval) return;
  entry.asked = now;
  const InterfaceSettings& on = outlet.interface(neighbour.interface);
  outlet.send_arp(now, neighbour.interface, station.mac, broadcast_mac,
                  {.operation = ArpOperation::request,
                   .sender_mac = station.mac,
                   .sender_ip = asking_address(on, neighbour, station, is_anonymous),
                   .target_mac = {},
                   .target_ip = neighbour.address});
}

void NeighbourCache::clear() {
  while (entries_.size() > 0) entries_.erase(Neighbour{*entries_.oldest().first});
}

void NeighbourCache::on_arp(Instant now, InterfaceId interface, const ArpMessage& message) {
  if (message.sender_mac.is_group()) return;
  Entry* const entry = entries_.find({interface, message.sender_ip});
  if (entry == nullptr) return;
  entry->mac = message.sender_mac;
  entry->heard = now;
}

}  // namespace apiary
