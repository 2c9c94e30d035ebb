#include "host/arp.h"

namespace apiary {

void ArpResponder::handle(Instant now, InterfaceId interface, const ArpMessage& message,
                          const AddressSet& claimed, PacketOutlet& outlet, Outbox& out) {
  const MacAddress& own = outlet.interface(interface).mac;
  if (mode_ == ArpMode::off || message.sender_mac == own) return;
  if (mode_ == ArpMode::ask_first && claimed.contains(message.sender_ip))
    note_owner(now, interface, message, out);
  if (message.operation == ArpOperation::request && claimed.contains(message.target_ip) &&
      message.sender_ip != message.target_ip)
    on_request(now, interface, message, outlet);
}

void ArpResponder::on_request(Instant now, InterfaceId interface, const ArpMessage& request,
                              PacketOutlet& outlet) {
  if (mode_ == ArpMode::force) return send_reply(now, interface, request, outlet);
  Entry* const entry = entries_.touch(request.target_ip);
  if (entry == nullptr) return ask(now, interface, request, outlet);
  switch (entry->state) {
    case State::asking:
      entry->request = request;
      return;
    case State::ours:
      send_reply(now, interface, request, outlet);
      if (now - entry->since >= ours_time) {  // look again, in the background
        entry->since = now;
        send_probe(now, request.target_ip, *entry, outlet);
      }
      return;
    case State::taken:
      if (now - entry->since < taken_time) return;
      entries_.erase(request.target_ip);
      return ask(now, interface, request, outlet);
  }
}

void ArpResponder::ask(Instant now, InterfaceId interface, const ArpMessage& request,
                       PacketOutlet& outlet) {
  Entry& entry = entries_.insert(request.target_ip,
                                 {.interface = interface, .since = now, .request = request});
  send_probe(now, request.target_ip, entry, outlet);
  entry.probes_sent = 1;
  deadlines_.push(now + probe_interval, request.target_ip);
}

void ArpResponder::note_owner(Instant now, InterfaceId interface, const ArpMessage& message,
                              Outbox& out) {
  Entry* entry = entries_.touch(message.sender_ip);
  if (entry == nullptr) entry = &entries_.insert(message.sender_ip, {});
  const bool is_news = entry->state != State::taken || entry->owner != message.sender_mac;
  *entry = {
      .state = State::taken, .interface = interface, .since = now, .owner = message.sender_mac};
  ++taken_;
  if (is_news) out.events.push_back(AddressInUse{now, message.sender_ip, message.sender_mac});
}

bool ArpResponder::is_taken(Instant now, const IpAddress& address) {
  if (taken_ == 0) return false;
  const Entry* const entry = entries_.find(address);
  return entry != nullptr && entry->state == State::taken && now - entry->since < taken_time;
}

void ArpResponder::on_time(Instant now, const AddressSet& claimed, PacketOutlet& outlet) {
  while (deadlines_.next_due() <= now) {
    const IpAddress address = deadlines_.pop();
    Entry* const entry = entries_.find(address);
    if (entry == nullptr || entry->state != State::asking) continue;
    if (!claimed.contains(address)) {  // given up while we asked
      entries_.erase(address);
      continue;
    }
    if (entry->probes_sent < probes) {
      send_probe(now, address, *entry, outlet);
      ++entry->probes_sent;
      deadlines_.push(now + probe_interval, address);
      continue;
    }
    entry->state = State::ours;
    entry->since = now;
    send_reply(now, entry->interface, entry->request, outlet);
  }
}

/// Asks without claiming anything: from no address (RFC 5227 section 2.1.1).
void ArpResponder::send_probe(Instant now, const IpAddress& address, Entry& entry,
                              PacketOutlet& outlet) {
  outlet.send_arp(now, entry.interface, broadcast_mac,
                  {.operation = ArpOperation::request,
                   .sender_mac = outlet.interface(entry.interface).mac,
                   .sender_ip = IpAddress::v4(0),
                   .target_mac = {},
                   .target_ip = address});
}

void ArpResponder::send_reply(Instant now, InterfaceId interface, const ArpMessage& request,
                              PacketOutlet& outlet) {
  outlet.send_arp(now, interface, request.sender_mac,
                  {.operation = ArpOperation::reply,
                   .sender_mac = outlet.interface(interface).mac,
                   .sender_ip = request.target_ip,
                   .target_mac = request.sender_mac,
                   .target_ip = request.sender_ip});
}

}  // namespace apiary
