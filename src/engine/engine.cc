#include "engine/engine.h"

#include <algorithm>
#include <cassert>

#include "engine/engine_parts.h"

namespace apiary {
Engine::Engine(std::shared_ptr<const Honeynet> honeynet, EngineSettings settings)
    : honeynet_(std::move(honeynet)),
      settings_(std::move(settings)),
      parts_(std::make_unique<Parts>(honeynet_, settings_, counters_)) {}

Engine::~Engine() = default;

template <class Visit>
void Engine::visit_components(Visit visit) const {
  visit(parts_->hosts);
  visit(parts_->transport);
  visit(parts_->lan);
  visit(parts_->forwarder);
  visit(parts_->connects);
  visit(parts_->outlet);  // last: it sends what the others made
}

HoneynetVersion Engine::adopt(HoneynetVersion next) {
  parts_->destinations.clear();
  parts_->visitors.clear();
  visit_components([&](auto& component) { component.adopt(*next.honeynet, next.claimed); });
  return {std::exchange(honeynet_, std::move(next.honeynet)),
          std::exchange(settings_.claimed, std::move(next.claimed))};
}

std::shared_ptr<const ReversePaths> Engine::adopt(std::shared_ptr<const ReversePaths> next) {
  parts_->visitors.clear();
  return std::exchange(settings_.reverse_paths, std::move(next));
}

std::shared_ptr<const SignatureDatabase> Engine::adopt(
    std::shared_ptr<const SignatureDatabase> next) {
  return parts_->hosts.adopt(std::move(next));
}

void Engine::change_interface(InterfaceId interface, InterfaceSettings settings) {
  assert(settings.link_layer == settings_.interfaces[interface.index].link_layer);
  parts_->outlet.change_interface(interface, settings);
  settings_.interfaces[interface.index] = std::move(settings);
  parts_->visitors.clear();
  parts_->forwarder.forget(interface);
  parts_->lan.on_change();
  parts_->connects.on_change();
}

void Engine::leave_to_machine(Instant now, const AddressSet& addresses, Outbox& out) {
  parts_->outlet.stop(common(settings_.claimed, addresses));
  settings_.claimed = without(std::move(settings_.claimed), addresses);
  parts_->destinations.clear();
  parts_->visitors.clear();
  parts_->transport.leave_to_machine(now, addresses, out);
  parts_->lan.leave_to_machine(now, addresses, out);
}

void Engine::on_service(Instant now, const ServiceMessage& message, Outbox& out) {
  parts_->outlet.begin_turn(now);
  parts_->transport.on_service(now, message, out);
}

void Engine::connect(Instant now, const ConnectRequest& request, Outbox& out) {
  parts_->connects.connect(now, request, out);
}

/// Packets without latency may be answered in the same turn, which may not last: the rest waits for
/// the next one.
void Engine::deliver_internal(Instant now, Outbox& out) {
  constexpr int max_rounds = 8;
  for (int round = 0; round < max_rounds; ++round) {
    std::vector<Packet> packets = parts_->outlet.take_internal();
    if (packets.empty()) return;
    for (Packet& packet : packets) {
      const auto datagram = parse_ip(packet.bytes());
      if (!datagram) continue;
      parts_->hosts.reply_limits()
          .amplification.of(datagram->source)
          .note_received(now, datagram->whole.size(), settings_.limits);
      on_datagram({now, {parts_->outlet.internal(), {}, {}}, false, out},
                  parse_transport(*datagram));
      out.internal.push_back(std::move(packet));
    }
    parts_->outlet.on_time(now, out);
  }
}

void Engine::on_time(Instant now, Outbox& out) {
  parts_->outlet.begin_turn(now);
  visit_components([&](auto& component) {
    if (component.next_due() <= now) component.on_time(now, out);
  });
  deliver_internal(now, out);
  parts_->hosts.release_unused(out);
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
  parts_->lan.release_leases(now, out);
  parts_->outlet.on_time(now, out);
}

}  // namespace apiary
