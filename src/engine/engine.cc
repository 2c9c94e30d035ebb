#include "engine/engine.h"

#include <algorithm>
#include <cassert>

#include "engine/connect_queue.h"
#include "engine/external_forwarder.h"
#include "engine/transport.h"
#include "lan/lan_presence.h"
#include "topology/emulated_network.h"
#include "wire/decode.h"

namespace apiary {
namespace {

/// Whether the datagram confirms that an earlier one arrived.
bool acknowledges(const ParsedDatagram& datagram) {
  const TcpSegment* const segment = datagram.tcp();
  return segment != nullptr && segment->has(tcp_flag::ack) && !segment->has(tcp_flag::syn);
}

FrameProtocol protocol_of(const DecodedFrame& frame) {
  const auto* const datagram = std::get_if<IpDatagram>(&frame.content);
  return datagram != nullptr ? protocol_of_ip(datagram->protocol) : FrameProtocol::arp;
}

}  // namespace

Engine::Engine(std::shared_ptr<const Honeynet> honeynet, EngineSettings settings)
    : honeynet_(std::move(honeynet)),
      settings_(std::move(settings)),
      network_(std::make_unique<EmulatedNetwork>(honeynet_->topology(), settings_.seed)),
      outlet_(std::make_unique<PacketSender>(settings_.interfaces, settings_.limits, *network_,
                                             counters_)),
      forwarder_(std::make_unique<ExternalForwarder>(settings_.limits, settings_.table_key(),
                                                     *honeynet_, settings_.interfaces)),
      lan_(std::make_unique<LanPresence>(
          LanPresence::Dependencies{.honeynet = honeynet_,
                                    .claimed = settings_.claimed,
                                    .interfaces = settings_.interfaces,
                                    .host_key = settings_.host_key,
                                    .outlet = *outlet_},
          settings_.arp, settings_.limits, settings_.table_key(), settings_.seed)),
      hosts_(std::make_unique<HostTable>(HostTable::Dependencies{.honeynet = honeynet_,
                                                                 .settings = settings_,
                                                                 .leases = lan_->dhcp_clients(),
                                                                 .outlet = *outlet_,
                                                                 .counters = counters_})),
      transport_(std::make_unique<Transport>(settings_, *hosts_, counters_)),
      connects_(std::make_unique<ConnectQueue>(ConnectQueue::Dependencies{.settings = settings_,
                                                                          .hosts = *hosts_,
                                                                          .lan = *lan_,
                                                                          .forwarder = *forwarder_,
                                                                          .transport = *transport_,
                                                                          .outlet = *outlet_})) {}

Engine::~Engine() = default;

template <class Visit>
void Engine::visit_components(Visit visit) const {
  visit(*hosts_);
  visit(*transport_);
  visit(*lan_);
  visit(*forwarder_);
  visit(*connects_);
  visit(*outlet_);  // last: it sends what the others made
}

void Engine::on_frame(Instant now, InterfaceId interface, const ReceivedFrame& frame, Outbox& out) {
  hosts_->note_frame(now);
  outlet_->begin_turn(now);
  const LinkLayer link_layer = settings_.interfaces[interface.index].link_layer;
  const auto decoded = decode_frame(frame.bytes, link_layer);
  counters_.received.count(decoded ? protocol_of(*decoded) : protocol_of(frame.bytes, link_layer),
                           frame.bytes.size());
  if (frame.vlan != 0) return counters_.count(DropReason::other_vlan);
  if (!decoded)
    return counters_.count(decoded.error() == DecodeError::of_vlan ? DropReason::other_vlan
                                                                   : DropReason::undecodable);
  if (!comes_from_somebody(interface, *decoded)) return counters_.count(DropReason::bad_source_mac);
  if (const auto* arp = std::get_if<ArpMessage>(&decoded->content)) {
    const bool is_machine = forwarder_->hear_of(now, interface, *arp, *outlet_);
    connects_->on_arp(now, interface, *arp, out);
    return lan_->on_arp(now, {interface, decoded->receiver, *arp, is_machine}, out);
  }

  Ingress ingress{
      now, {interface, decoded->sender, decoded->receiver}, frame.checksum_pending, out};
  const auto& datagram = std::get<IpDatagram>(decoded->content);
  if (lan_->handle_dhcp(now, interface, decoded->sender, datagram, out)) return;
  if (decoded->receiver.is_group()) {
    if (is_for_all(interface, datagram.destination)) return on_broadcast(ingress, datagram);
    if (!find_receiver(ingress, datagram)) return counters_.count(DropReason::not_claimed);
  }
  if (!may_answer(ingress, datagram)) return;
  hosts_->reply_limits()
      .amplification.of(datagram.source)
      .note_received(now, datagram.whole.size(), settings_.limits);
  const ParsedDatagram parsed = parse_transport(datagram);
  if (lan_->has_nics())
    lan_->note_neighbour(now, ingress.exit, datagram.destination, acknowledges(parsed));
  on_datagram(ingress, parsed);
}

HoneynetVersion Engine::adopt(HoneynetVersion next) {
  destinations_.clear();
  visitors_.clear();
  visit_components([&](auto& component) { component.adopt(*next.honeynet, next.claimed); });
  return {std::exchange(honeynet_, std::move(next.honeynet)),
          std::exchange(settings_.claimed, std::move(next.claimed))};
}

std::shared_ptr<const SignatureDatabase> Engine::adopt(
    std::shared_ptr<const SignatureDatabase> next) {
  return hosts_->adopt(std::move(next));
}

void Engine::change_interface(InterfaceId interface, InterfaceSettings settings) {
  assert(settings.link_layer == settings_.interfaces[interface.index].link_layer);
  outlet_->change_interface(interface, settings);
  settings_.interfaces[interface.index] = std::move(settings);
  visitors_.clear();
  forwarder_->forget(interface);
  lan_->on_change();
  connects_->on_change();
}

void Engine::leave_to_machine(Instant now, const AddressSet& addresses, Outbox& out) {
  outlet_->stop(common(settings_.claimed, addresses));
  settings_.claimed = without(std::move(settings_.claimed), addresses);
  destinations_.clear();
  visitors_.clear();
  transport_->leave_to_machine(now, addresses, out);
  lan_->leave_to_machine(now, addresses, out);
}

void Engine::on_service(Instant now, const ServiceMessage& message, Outbox& out) {
  outlet_->begin_turn(now);
  transport_->on_service(now, message, out);
}

void Engine::connect(Instant now, const ConnectRequest& request, Outbox& out) {
  connects_->connect(now, request, out);
}

/// Packets without latency may be answered in the same turn, which may not last: the rest waits for
/// the next one.
void Engine::deliver_internal(Instant now, Outbox& out) {
  constexpr int max_rounds = 8;
  for (int round = 0; round < max_rounds; ++round) {
    const std::vector<Packet> packets = outlet_->take_internal();
    if (packets.empty()) return;
    for (const Packet& packet : packets) {
      const auto datagram = parse_ip(packet.bytes());
      if (!datagram) continue;
      hosts_->reply_limits()
          .amplification.of(datagram->source)
          .note_received(now, datagram->whole.size(), settings_.limits);
      on_datagram({now, {outlet_->internal(), {}, {}}, false, out}, parse_transport(*datagram));
    }
    outlet_->on_time(now, out);
  }
}

void Engine::on_time(Instant now, Outbox& out) {
  outlet_->begin_turn(now);
  visit_components([&](auto& component) {
    if (component.next_due() <= now) component.on_time(now, out);
  });
  deliver_internal(now, out);
  hosts_->release_unused(out);
}

Instant Engine::next_deadline() {
  Instant due = Instant::max();
  visit_components([&](auto& component) { due = std::min(due, component.next_due()); });
  return due;
}

std::vector<TableUse> Engine::tables() const {
  std::vector<TableUse> tables;
  visit_components([&](const auto& component) { component.add_tables(tables); });
  return tables;
}

void Engine::release_leases(Instant now, Outbox& out) {
  lan_->release_leases(now, out);
  outlet_->on_time(now, out);
}

}  // namespace apiary
