#include "engine/engine.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "wire/decode.h"

namespace apiary {
namespace {

/// The key of the tables whose keys unvalidated peers choose.
HashKey table_key(const EngineSettings& settings) {
  return {mix_bits(settings.seed ^ settings.host_key.low),
          mix_bits(~settings.seed ^ settings.host_key.high)};
}

}  // namespace

Engine::Engine(std::shared_ptr<const Honeynet> honeynet, EngineSettings settings)
    : honeynet_(std::move(honeynet)),
      settings_(std::move(settings)),
      network_(honeynet_->topology(), settings_.seed),
      rng_(mix_bits(settings_.seed + 3)),
      outlet_(settings_.interfaces, settings_.limits, network_, counters_),
      forwarder_(settings_.limits, table_key(settings_)),
      arp_(settings_.arp, settings_.limits, table_key(settings_),
           Random{mix_bits(settings_.seed + 4)}),
      neighbours_(settings_.limits, table_key(settings_), Random{mix_bits(settings_.seed + 6)}),
      background_arp_(settings_.interfaces, Random{mix_bits(settings_.seed + 7)}),
      dhcp_({honeynet_, outlet_, settings_.interfaces, settings_.host_key},
            Random{mix_bits(settings_.seed + 5)}),
      reassembly_(settings_.limits, table_key(settings_), counters_),
      tcp_(settings_.limits, table_key(settings_)),
      udp_(settings_.limits, table_key(settings_)),
      accounts_(settings_.limits, table_key(settings_)),
      icmp_allowance_(settings_.limits, table_key(settings_)),
      systems_(settings_.limits.visitor_systems, table_key(settings_)),
      hosts_(settings_.limits.hosts, FlowHash{table_key(settings_)}) {
  forwarder_.adopt(*honeynet_, settings_.interfaces);
  background_arp_.adopt(*honeynet_, settings_.claimed);
}

void Engine::on_frame(Instant now, InterfaceId interface, const ReceivedFrame& frame, Outbox& out) {
  began_ = std::min(began_, now);
  const LinkLayer link_layer = settings_.interfaces[interface.index].link_layer;
  counters_.received.count(protocol_of(frame.bytes, link_layer), frame.bytes.size());
  if (frame.vlan != 0) return counters_.count(DropReason::other_vlan);
  const auto decoded = decode_frame(frame.bytes, link_layer);
  if (!decoded)
    return counters_.count(decoded.error() == DecodeError::of_vlan ? DropReason::other_vlan
                                                                   : DropReason::undecodable);
  if (!comes_from_somebody(interface, *decoded)) return counters_.count(DropReason::bad_source_mac);
  if (const auto* arp = std::get_if<ArpMessage>(&decoded->content)) {
    dhcp_.on_arp(now, interface, *arp, out);
    if (has_nics()) neighbours_.on_arp(now, *arp);
    return arp_.handle(
        now,
        {interface, decoded->receiver, *arp, forwarder_.hear_of(now, interface, *arp, outlet_)},
        stations(), outlet_, out);
  }

  Ingress ingress{
      now, {interface, decoded->sender, decoded->receiver}, frame.checksum_pending, out};
  const auto& datagram = std::get<IpDatagram>(decoded->content);
  if (dhcp_.handle(now, interface, decoded->sender, datagram, out)) return;
  if (decoded->receiver.is_group()) {
    if (is_for_all(interface, datagram.destination)) return on_broadcast(ingress, datagram);
    if (!find_receiver(ingress, datagram)) return counters_.count(DropReason::not_claimed);
  }
  if (!may_answer(ingress, datagram)) return;
  accounts_.of(datagram.source).note_received(now, datagram.whole.size(), settings_.limits);
  if (has_nics()) note_neighbour(ingress, datagram);
  on_datagram(ingress, datagram);
}

HoneynetVersion Engine::adopt(HoneynetVersion next) {
  dhcp_is_stale_ = true;
  network_.adopt(next.honeynet->topology());
  forwarder_.adopt(*next.honeynet, settings_.interfaces);
  background_arp_.adopt(*next.honeynet, next.claimed);
  outlet_.resume(next.claimed);
  return {std::exchange(honeynet_, std::move(next.honeynet)),
          std::exchange(settings_.claimed, std::move(next.claimed))};
}

void Engine::change_interface(InterfaceId interface, InterfaceSettings settings) {
  assert(settings.link_layer == settings_.interfaces[interface.index].link_layer);
  outlet_.change_interface(interface, settings);
  settings_.interfaces[interface.index] = std::move(settings);
  dhcp_is_stale_ = true;  // hosts may have other MAC addresses now
  forwarder_.forget(interface);
  background_arp_.adopt(*honeynet_, settings_.claimed);
}

void Engine::leave_to_machine(Instant now, const AddressSet& addresses, Outbox& out) {
  outlet_.stop(common(settings_.claimed, addresses));
  settings_.claimed = without(std::move(settings_.claimed), addresses);
  background_arp_.adopt(*honeynet_, settings_.claimed);
  for (const SessionId session : tcp_.sessions_at(addresses))
    if (Connection* const connection = tcp_.find(session)) {
      HostContext host =
          conversation_context(now, connection->flow(), connection->kind(), connection->way(), out);
      tcp_.evict(host, *connection);
    }
  udp_.evict(now, addresses, out);
  dhcp_.leave_to_machine(now, addresses, out);
}

void Engine::on_service(Instant now, const ServiceMessage& message, Outbox& out) {
  const SessionId session = std::visit([](const auto& m) { return m.session; }, message);
  if (Connection* const connection = tcp_.find(session)) {
    HostContext host =
        conversation_context(now, connection->flow(), connection->kind(), connection->way(), out);
    return tcp_.on_service(host, *connection, message);
  }
  if (const auto [key, flow] = udp_.find(session); flow != nullptr) {
    const HostTemplatePtr kind = flow->kind;
    HostContext host = conversation_context(now, *key, kind, flow->way, out);
    udp_.on_service(host, *key, *flow, message);
  }
}

void Engine::on_time(Instant now, Outbox& out) {
  while (Connection* const connection = tcp_.take_due(now)) {
    HostContext host =
        conversation_context(now, connection->flow(), connection->kind(), connection->way(), out);
    tcp_.on_time(host, *connection);
  }
  tcp_.on_time(now, out);
  udp_.on_time(now, out);
  while (const auto lapsed = reassembly_.take_lapsed(now)) report_lapsed(now, *lapsed, out);
  arp_.on_time(now, stations(), outlet_);
  neighbours_.on_time(now, stations(), outlet_);
  background_arp_.on_time(now, stations(), arp_, outlet_);
  if (std::exchange(dhcp_is_stale_, false)) dhcp_.adopt(now, out);
  dhcp_.on_time(now, out);
  outlet_.release(now, out.packets);
}

std::vector<TableUse> Engine::tables() const {
  std::vector<TableUse> tables = {use_of("hosts", hosts_), udp_.use(),       arp_.use(),
                                  neighbours_.use(),       forwarder_.use(), icmp_allowance_.use()};
  for (const TableUse& use : tcp_.uses()) tables.push_back(use);
  return tables;
}

std::vector<Conversation> Engine::latest_conversations(std::size_t limit) const {
  std::vector<Conversation> latest = tcp_.latest(limit);
  for (Conversation& flow : udp_.latest(limit - latest.size())) latest.push_back(std::move(flow));
  return latest;
}

void Engine::release_leases(Instant now, Outbox& out) {
  dhcp_.release(now, out);
  outlet_.release(now, out.packets);
}

Instant Engine::next_deadline() {
  if (dhcp_is_stale_ && !(dhcp_.empty() && honeynet_->parts().dhcp.empty())) return Instant{};
  return std::min({tcp_.next_due(), udp_.next_due(), reassembly_.next_due(), arp_.next_due(),
                   neighbours_.next_due(), background_arp_.next_due(), dhcp_.next_due(),
                   outlet_.next_due()});
}

}  // namespace apiary
