#include "lan/neighbour_monitor.h"

namespace apiary {

void NeighbourMonitor::on_arp(Instant now, const ArpMessage& message) {
  if (message.sender_ip.is_unspecified() || message.sender_mac.is_group()) return;
  if (IpAddress* const known = addresses_.touch(message.sender_mac))
    *known = message.sender_ip;
  else
    addresses_.insert(message.sender_mac, message.sender_ip);
  if (message.operation != ArpOperation::reply) return;
  if (Reachability* const of = pairs_.find({message.target_ip, message.sender_ip}))
    confirm(now, *of);
}

void NeighbourMonitor::on_datagram(Instant now, const Egress& from, const Station& station,
                                   bool confirms) {
  if (!station.has_nic || !station.arp.verifies_neighbours) return;
  const IpAddress* const neighbour = addresses_.find(from.peer);
  if (neighbour == nullptr) return;
  const Pair pair{station.address, *neighbour};
  Reachability& of = pairs_.touch_or_insert(pair);
  if (confirms) return confirm(now, of);
  if (now < of.until || of.is_being_verified) return;
  of = {.interface = from.interface, .mac = from.peer, .is_being_verified = true};
  deadlines_.push(now + delay_first_probe_time, pair);
}

/// A random time between half and one and a half of the base time (RFC 4861 section 6.3.2).
void NeighbourMonitor::confirm(Instant now, Reachability& of) {
  of.until = now + base_reachable_time / 2 +
             Duration{random_.below(static_cast<std::uint64_t>(base_reachable_time.count()))};
}

void NeighbourMonitor::on_time(Instant now, const StationLookup& stations, PacketSender& outlet) {
  while (deadlines_.next_due() <= now) {
    const Pair pair = deadlines_.pop();
    Reachability* const of = pairs_.find(pair);
    if (of == nullptr || !of->is_being_verified) continue;
    const auto station = stations.find(of->interface, pair.host);
    if (now < of->until) {
      of->is_being_verified = false;
    } else if (!station || of->probes_sent == unicast_probes) {
      pairs_.erase(pair);
    } else {
      ++of->probes_sent;
      outlet.send_arp(now, of->interface, station->mac, of->mac,
                      {.operation = ArpOperation::request,
                       .sender_mac = station->mac,
                       .sender_ip = pair.host,
                       .target_mac = {},
                       .target_ip = pair.neighbour});
      deadlines_.push(now + retransmit_time, pair);
    }
  }
}

}  // namespace apiary
