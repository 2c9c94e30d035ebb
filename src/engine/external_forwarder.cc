#include "engine/external_forwarder.h"

#include <algorithm>
#include <string_view>

namespace apiary {
namespace {

std::optional<InterfaceId> interface_called(std::string_view name,
                                            std::span<const InterfaceSettings> interfaces) {
  for (std::size_t i = 0; i < interfaces.size(); ++i)
    if (interfaces[i].name == name) return InterfaceId{static_cast<std::uint8_t>(i)};
  return {};
}

}  // namespace

void ExternalForwarder::adopt(const Honeynet& honeynet, const AddressSet&) {
  exits_.clear();
  for (const TunnelEnds& tunnel : honeynet.topology().tunnels())
    exits_.push_back(interface_called(to_string(tunnel), interfaces_));

  std::vector<Machine> machines;
  for (const PhysicalHost& real : honeynet.parts().physical_hosts) {
    const auto interface = interface_called(real.interface, interfaces_);
    Machine* const known = find(real.address);
    if (known != nullptr && known->interface == interface)
      machines.push_back(std::move(*known));
    else
      machines.push_back({real.address, interface});
  }
  machines_ = std::move(machines);
}

void ExternalForwarder::forget(InterfaceId interface) {
  for (Machine& machine : machines_)
    if (machine.interface == interface) machine.mac.reset();
}

const ExternalForwarder::Machine* ExternalForwarder::find(const IpAddress& address) const {
  const auto found = std::lower_bound(
      machines_.begin(), machines_.end(), address,
      [](const Machine& machine, const IpAddress& wanted) { return machine.address < wanted; });
  return found != machines_.end() && found->address == address ? &*found : nullptr;
}

bool ExternalForwarder::may_send(const IpAddress& source, const Path& path,
                                 InterfaceId interface) const {
  if (path.end == PathEnd::tunnel) return exit_of(path) == interface;
  return is_machine_on(source, interface) && path.reaches();
}

void ExternalForwarder::send_to_machine(Instant now, Instant at, const Path& path,
                                        const IpDatagram& datagram, PacketSender& outlet) {
  Machine& machine = *find(datagram.destination);
  if (machine.mac)
    return outlet.forward({.exit = way_to(machine, outlet), .departs = at}, datagram);

  if (machine.waiting.size() < max_waiting) {
    std::vector<std::uint8_t> bytes(ip_header_size_bytes(datagram) + datagram.payload.size());
    emit_ip_header(datagram, datagram.payload.size(), bytes);
    std::copy(datagram.payload.begin(), datagram.payload.end(),
              bytes.end() - static_cast<std::ptrdiff_t>(datagram.payload.size()));
    machine.waiting.push_back({at, std::move(bytes)});
  }
  if (machine.asked == Instant::min() || now - machine.asked >= ask_interval)
    ask_for(now, machine, path, outlet);
}

/// Sends an ARP request as the router before the machine, so that the machine learns its gateway.
void ExternalForwarder::ask_for(Instant now, Machine& machine, const Path& path,
                                PacketSender& outlet) {
  machine.asked = now;
  const MacAddress& mac = outlet.interface(*machine.interface).mac;
  outlet.send_arp(now, *machine.interface, mac, broadcast_mac,
                  {.operation = ArpOperation::request,
                   .sender_mac = mac,
                   .sender_ip = path.hops.empty() ? IpAddress::v4(0) : path.hops.back().router,
                   .target_mac = {},
                   .target_ip = machine.address});
}

bool ExternalForwarder::hear_of(Instant now, InterfaceId interface, const ArpMessage& message,
                                PacketSender& outlet) {
  if (machines_.empty()) return false;
  Machine* const machine = find(message.sender_ip);
  if (machine == nullptr || machine->interface != interface || message.sender_mac.is_group())
    return false;
  machine->mac = message.sender_mac;
  for (const Waiting& waiting : machine->waiting)
    if (const auto datagram = parse_ip(waiting.datagram))
      outlet.forward({.exit = way_to(*machine, outlet), .departs = std::max(now, waiting.at)},
                     *datagram);
  machine->waiting.clear();
  return true;
}

void ExternalForwarder::note_visitor(const IpAddress& visitor, const Egress& way) {
  if (Egress* const known = visitors_.touch(visitor))
    *known = way;
  else
    visitors_.insert(visitor, way);
}

}  // namespace apiary
