#include "lan/arp.h"

namespace apiary {
namespace {

/// Whether the types in the message are those of its addresses.
bool is_regular(const ArpMessage& message) {
  return message.hardware_type == arp_ethernet && message.protocol_type == arp_ipv4 &&
         message.hardware_length == 6 && message.protocol_length == 4;
}

bool takes_kind(const ArpRules& rules, const ArpMessage& message) {
  constexpr std::uint16_t ieee_802 = 6;
  const bool knows_hardware =
      message.hardware_type == arp_ethernet || rules.hardware == ArpRules::Hardware::any ||
      (message.hardware_type == ieee_802 && rules.hardware == ArpRules::Hardware::or_ieee_802);
  const bool knows_lengths = message.hardware_length == 6 && message.protocol_length == 4;
  return knows_hardware && (rules.any_protocol || message.protocol_type == arp_ipv4) &&
         (rules.any_lengths || knows_lengths);
}

bool takes_sender(const ArpRules& rules, const IpAddress& sender, const InterfaceSettings& on) {
  if (sender.is_unspecified()) return rules.from_nowhere;
  if (sender.is_loopback()) return rules.from_loopback;
  const LinkNetwork* const network = on.network_of(sender);
  const bool to_all =
      network != nullptr && network->network.length() < 31 && sender == network->network.last();
  if (sender.is_broadcast() || sender.is_multicast() || to_all) return rules.from_broadcast;
  return network != nullptr || on.networks.empty() || rules.from_afar;
}

/// Whether the system of `station` answers such a request for its address.
bool answers(const Station& station, const ArpArrival& arrival, const InterfaceSettings& on) {
  const ArpMessage& request = arrival.message;
  if (request.operation != ArpOperation::request || request.sender_ip == request.target_ip)
    return false;
  if (arrival.receiver != broadcast_mac && arrival.receiver != station.mac) return false;
  if (request.sender_mac == station.mac) return false;
  return (station.arp.to_group || !request.sender_mac.is_group()) &&
         takes_kind(station.arp, request) && takes_sender(station.arp, request.sender_ip, on);
}

}  // namespace

void ArpResponder::handle(Instant now, const ArpArrival& arrival, const StationLookup& stations,
                          PacketSender& outlet, Outbox& out) {
  const ArpMessage& message = arrival.message;
  const InterfaceSettings& on = stations.interface(arrival.interface);
  if (mode_ == ArpMode::off || message.sender_mac == on.mac) return;
  if (is_regular(message) && !arrival.sender_takes_part)
    if (const auto speaker = stations.find(arrival.interface, message.sender_ip);
        speaker && !speaker->is_leased && speaker->mac != message.sender_mac)
      on_conflict(now, arrival, *speaker, outlet, out);
  if (!share_.has(message.target_ip)) return;
  if (const auto station = stations.find(arrival.interface, message.target_ip);
      station && answers(*station, arrival, on))
    on_request(now, arrival, *station, outlet);
}

void ArpResponder::on_request(Instant now, const ArpArrival& arrival, const Station& station,
                              PacketSender& outlet) {
  const ArpMessage& request = arrival.message;
  if (mode_ == ArpMode::force || station.is_leased)
    return send_reply(now, arrival.interface, request, station, outlet);
  Entry* const entry = entries_.touch(request.target_ip);
  if (entry == nullptr)
    return ask(now, arrival.interface, request.target_ip, station, request, outlet);
  switch (entry->state) {
    case State::asking:
      entry->request = request;
      return;
    case State::ours:
    case State::contested:
      send_reply(now, arrival.interface, request, station, outlet);
      if (now - entry->since >= ours_time) {  // probe again, in the background
        entry->since = now;
        send_probe(now, arrival.interface, request.target_ip, station, outlet);
      }
      return;
    case State::taken:
      if (now - entry->since < taken_time) return;
      entries_.erase(request.target_ip);
      return ask(now, arrival.interface, request.target_ip, station, request, outlet);
  }
}

void ArpResponder::ask(Instant now, InterfaceId interface, const IpAddress& address,
                       const Station& station, std::optional<ArpMessage> request,
                       PacketSender& outlet) {
  Entry& entry =
      entries_.insert(address, {.interface = interface, .since = now, .request = request});
  send_probe(now, interface, address, station, outlet);
  entry.probes_sent = 1;
  deadlines_.push(now + probe_interval, address);
}

bool ArpResponder::may_speak(Instant now, InterfaceId interface, const IpAddress& address,
                             const Station& station, PacketSender& outlet) {
  if (mode_ == ArpMode::force || station.is_leased) return true;
  if (mode_ == ArpMode::off) return false;
  Entry* const entry = entries_.touch(address);
  if (entry != nullptr && (entry->state != State::taken || now - entry->since < taken_time))
    return entry->state == State::ours;
  if (entry != nullptr) entries_.erase(address);
  ask(now, interface, address, station, {}, outlet);
  return false;
}

/// A real machine announces an address of a host. The host yields it, except in mode force: then it
/// defends the address if its system would, at intervals (RFC 5227 section 2.4).
void ArpResponder::on_conflict(Instant now, const ArpArrival& arrival, const Station& station,
                               PacketSender& outlet, Outbox& out) {
  const IpAddress& address = arrival.message.sender_ip;
  const MacAddress& owner = arrival.message.sender_mac;
  const bool is_forced = mode_ == ArpMode::force;
  const State state = is_forced ? State::contested : State::taken;
  Entry& entry = entries_.touch_or_insert(address);
  const bool is_new = entry.state != state || entry.owner != owner;
  if (is_forced && !is_new && now - entry.since < defend_interval) return;
  entry = {.state = state, .interface = arrival.interface, .since = now, .owner = owner};
  const bool is_ours = share_.has(address);
  if (is_new && is_ours) out.events.push_back(AddressInUse{now, address, owner, is_forced});
  if (!is_forced) {
    ++taken_;
  } else if (station.arp.defends && is_ours) {
    outlet.send_arp(answer_time(now, station), arrival.interface, station.mac, broadcast_mac,
                    {.operation = ArpOperation::request,
                     .sender_mac = station.mac,
                     .sender_ip = address,
                     .target_mac = {},
                     .target_ip = address});
  }
}

bool ArpResponder::is_taken_now(Instant now, const IpAddress& address) {
  const Entry* const entry = entries_.find(address);
  return entry != nullptr && entry->state == State::taken && now - entry->since < taken_time;
}

void ArpResponder::on_time(Instant now, const StationLookup& stations, PacketSender& outlet) {
  while (deadlines_.next_due() <= now) {
    const IpAddress address = deadlines_.pop();
    Entry* const entry = entries_.find(address);
    if (entry == nullptr || entry->state != State::asking) continue;
    const auto station = stations.find(entry->interface, address);
    if (!station) {  // not claimed any more
      entries_.erase(address);
      continue;
    }
    if (entry->probes_sent < probes) {
      send_probe(now, entry->interface, address, *station, outlet);
      ++entry->probes_sent;
      deadlines_.push(now + probe_interval, address);
      continue;
    }
    entry->state = State::ours;
    entry->since = now;
    if (entry->request) send_reply(now, entry->interface, *entry->request, *station, outlet);
  }
}

/// Sends a probe, whose sender address is 0.0.0.0 (RFC 5227 section 2.1.1).
void ArpResponder::send_probe(Instant now, InterfaceId interface, const IpAddress& address,
                              const Station& station, PacketSender& outlet) {
  outlet.send_arp(now, interface, station.mac, broadcast_mac,
                  {.operation = ArpOperation::request,
                   .sender_mac = station.mac,
                   .sender_ip = IpAddress::v4(0),
                   .target_mac = {},
                   .target_ip = address});
}

void ArpResponder::send_reply(Instant now, InterfaceId interface, const ArpMessage& request,
                              const Station& station, PacketSender& outlet) {
  outlet.send_arp(answer_time(now, station), interface, station.mac, request.sender_mac,
                  {.operation = ArpOperation::reply,
                   .sender_mac = station.mac,
                   .sender_ip = request.target_ip,
                   .target_mac = request.sender_mac,
                   .target_ip = request.sender_ip});
}

/// The reaction time depends on the machine, and varies.
Instant ArpResponder::answer_time(Instant now, const Station& station) {
  if (station.reaction == Duration{}) return now;
  const auto wavers = static_cast<std::uint64_t>(station.reaction.count()) / 2;
  return now + station.reaction + Duration{random_.below(wavers + 1)};
}

}  // namespace apiary
