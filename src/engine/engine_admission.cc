// Admission: which frames and datagrams the engine handles, and from which sources.
#include <algorithm>

#include "engine/engine.h"
#include "engine/engine_parts.h"
#include "host/reverse_paths.h"
#include "wire/decode.h"

namespace apiary {
namespace {

constexpr IpPrefix this_network{IpAddress::v4(0),
                                8};  // RFC 1122 section 3.2.1.3: no host's address

}  // namespace

/// Whether an answer can go to the sender of the frame: it is neither a group address nor this
/// machine.
bool Engine::comes_from_somebody(InterfaceId interface, const DecodedFrame& frame) const {
  const InterfaceSettings& on = settings_.interfaces[interface.index];
  if (on.link_layer == LinkLayer::raw_ip) return true;
  return !frame.sender.is_group() && frame.sender != MacAddress{} && frame.sender != on.mac &&
         frame.sender != frame.receiver;
}

/// Finds the station that answers a broadcast or multicast frame whose datagram is for one host.
/// Routers do not forward such a datagram (RFC 1812 section 5.3.4).
bool Engine::find_receiver(Ingress& ingress, const IpDatagram& datagram) const {
  const auto station = parts_->lan.stations().find(ingress.exit.interface, datagram.destination);
  if (!station || station->address != datagram.destination) return false;
  ingress.exit.own = station->mac;
  ingress.to_group = true;
  return true;
}

/// Whether the datagram is for an address of ours, and its source may be answered (RFC 1122 section
/// 3.2.1.3).
bool Engine::may_answer(Ingress& ingress, const IpDatagram& datagram) {
  if (!may_receive(ingress, datagram.destination)) {
    if (!forward_back(ingress, datagram)) counters_.count(DropReason::not_claimed);
    return false;
  }
  return is_from_visitor(ingress, datagram);
}

/// Whether a host of ours may receive a datagram to `destination`.
bool Engine::may_receive(Ingress& ingress, const IpAddress& destination) {
  if (parts_->lan.dhcp_clients().find(destination) == nullptr) {
    ingress.destination = parts_->destinations.find(destination);
    if (ingress.destination == nullptr) {
      if (!settings_.claimed.contains(destination)) return false;
      if (!parts_->forwarder.is_machine(destination))
        ingress.destination = &parts_->destinations.add(
            destination,
            {honeynet_->topology().path_to(destination), honeynet_->find_host(destination)});
    }
    if (parts_->lan.is_taken(ingress.now, destination)) return false;
  }
  return !parts_->lan.has_nics() ||
         parts_->lan.stations().receives(ingress.exit.interface, ingress.exit.own, destination);
}

/// Whether the source may be answered. Counts the drop if not.
bool Engine::is_from_visitor(const Ingress& ingress, const IpDatagram& datagram) {
  const IpAddress& source = datagram.source;
  const bool may_be_leased = !parts_->lan.dhcp_clients().empty();
  if (!may_be_leased && source != datagram.destination &&
      parts_->visitors.has(source, ingress.exit.interface))
    return true;
  const bool is_nobodys = source == datagram.destination || source.is_multicast() ||
                          source.is_broadcast() || source.is_loopback() ||
                          this_network.contains(source);
  const ReversePaths* const known = settings_.reverse_paths.get();
  if (is_nobodys || (known != nullptr && known->is_own(source, ingress.exit.interface)) ||
      is_of_link(ingress.exit.interface, source) || is_ours(ingress, source)) {
    counters_.count(DropReason::bad_source);
    return false;
  }
  if (!is_led_to_by(ingress.exit.interface, source)) {
    counters_.count(DropReason::reverse_path);
    return false;
  }
  if (!settings_.claimed.contains(source)) parts_->visitors.add(source, ingress.exit.interface);
  return true;
}

/// Whether packets to `source` leave by `interface`, as far as this machine knows, or a physical
/// host of the honeynet is there.
bool Engine::is_led_to_by(InterfaceId interface, const IpAddress& source) const {
  const ReversePaths* const known = settings_.reverse_paths.get();
  if (known == nullptr || known->lead_to(source, interface)) return true;
  const Path* const path = honeynet_->topology().path_to(source);
  return path != nullptr && parts_->forwarder.may_send(source, *path, interface);
}

/// Whether no visitor on the link can have `source`: it is this machine's own address there, the
/// network's address, or its broadcast address. On a point-to-point interface, this machine is a
/// visitor like others.
bool Engine::is_of_link(InterfaceId interface, const IpAddress& source) const {
  const InterfaceSettings& on = settings_.interfaces[interface.index];
  if (on.link_layer == LinkLayer::raw_ip) return false;
  return std::ranges::any_of(on.networks, [&](const LinkNetwork& network) {
    return source == network.own || network.is_for_all(source);
  });
}

/// Whether `source` is an address that we answer for. Then only two others can have it: a physical
/// host of the honeynet, and a machine on the link that ARP knows. If ARP does not know yet, asks
/// for the owner; this packet gets no answer.
bool Engine::is_ours(const Ingress& ingress, const IpAddress& source) {
  const InterfaceId interface = ingress.exit.interface;
  if (parts_->lan.dhcp_clients().find(source) != nullptr) return true;
  const bool is_claimed = settings_.claimed.contains(source);
  if (!is_claimed && honeynet_->parts().hosts.find_single(source) == nullptr &&
      !honeynet_->topology().is_router(source))
    return false;
  const Path* const path = honeynet_->topology().path_to(source);
  if (path != nullptr && parts_->forwarder.may_send(source, *path, interface)) return false;
  if (!is_claimed || settings_.interfaces[interface.index].network_of(source) == nullptr)
    return true;
  if (parts_->lan.is_taken(ingress.now, source)) return false;
  parts_->lan.ask_for_owner(ingress.now, interface, source);
  return true;
}

}  // namespace apiary
