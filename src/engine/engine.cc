#include "engine/engine.h"

#include <algorithm>
#include <cassert>

#include "engine/connect_queue.h"
#include "engine/external_forwarder.h"
#include "engine/transport.h"
#include "lan/lan_presence.h"
#include "topology/emulated_network.h"

namespace apiary {
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
