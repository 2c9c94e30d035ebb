// The inbound path of a datagram: delivery to a host, forwarding out of the simulated network, or
// an ICMP error of a router.
#include "base/overloaded.h"
#include "engine/engine.h"
#include "engine/engine_parts.h"

namespace apiary {

/// The router at `at.hop` sends an ICMP error about the datagram.
template <class AtHop>
void Engine::answer_from_router(const Ingress& ingress, const IpDatagram& datagram, const AtHop& at,
                                const IcmpErrorKind& report) {
  const Hop& hop = *at.hop;
  const HostTemplatePtr* const host_template =
      parts_->hosts.find(hop.router, datagram.source, datagram.protocol, ingress.now);
  if (host_template == nullptr) return counters_.count(DropReason::no_host);
  IpDatagram as_seen = datagram;
  as_seen.hop_limit = report.type == IcmpType::time_exceeded
                          ? std::uint8_t{1}
                          : static_cast<std::uint8_t>(datagram.hop_limit - hop.distance);
  HostContext router = parts_->hosts.context(
      ingress.now, hop.router, datagram.source, *host_template,
      reply_route(ingress.exit, *at.path, hop.place, hop.distance, at.at), ingress.out);
  send_icmp_error(router, as_seen, report);
}

void Engine::on_datagram(const Ingress& ingress, const ParsedDatagram& datagram) {
  const IpDatagram& ip = datagram.ip;
  if (parts_->hosts.is_leased(ip.destination))
    return deliver(ingress, datagram, {parts_->hosts.path_to(ip.destination), ingress.now});
  const Path* const path = ingress.destination != nullptr
                               ? ingress.destination->path
                               : honeynet_->topology().path_to(ip.destination);
  const PacketTraits traits{.destination = ip.destination,
                            .ttl = ip.hop_limit,
                            .size_bytes = ip.whole.size(),
                            .dont_fragment = ip.dont_fragment};
  for (const RouteVerdict& verdict : parts_->network.route_inbound(ingress.now, path, traits))
    act_on(ingress, datagram, verdict);
}

/// The code of a router's destination unreachable: network, or host if the route is that of a
/// single host or the router's system always says host.
std::uint8_t Engine::no_route_code(const Ingress& ingress, const IpDatagram& datagram,
                                   const NoRoute& at) const {
  const HostTemplatePtr* const router =
      parts_->hosts.find(at.hop->router, datagram.source, datagram.protocol, ingress.now);
  const bool of_host = at.path->end == PathEnd::unreachable_host ||
                       (at.path->end == PathEnd::no_route && router != nullptr &&
                        (*router)->personality->no_route_is_host_unreachable);
  return of_host ? icmp_unreachable::host : icmp_unreachable::network;
}

void Engine::act_on(const Ingress& ingress, const ParsedDatagram& datagram,
                    const RouteVerdict& verdict) {
  const IpDatagram& ip = datagram.ip;
  if (const auto* const to = std::get_if<Delivered>(&verdict))
    return deliver(ingress, datagram, *to);
  std::visit(
      overloaded{
          [](const Delivered&) {},
          [&](const LostOnLink& lost) { counters_.count(drop_reason(lost.why)); },
          [&](const TtlExpired& at) {
            answer_from_router(ingress, ip, at, {IcmpType::time_exceeded, 0});
          },
          [&](const TooLarge& at) {
            answer_from_router(ingress, ip, at,
                               {IcmpType::destination_unreachable,
                                icmp_unreachable::fragmentation_needed, at.hop->next_mtu_bytes});
          },
          [&](const NoRoute& at) {
            answer_from_router(ingress, ip, at,
                               {IcmpType::destination_unreachable, no_route_code(ingress, ip, at)});
          },
          [&](const Tunnelled& into) { forward_out(ingress, ip, into); },
          [&](const NotOfThisNetwork&) { counters_.count(DropReason::not_of_this_network); },
      },
      verdict);
}

void Engine::deliver(const Ingress& ingress, const ParsedDatagram& datagram, const Delivered& to) {
  const IpDatagram& ip = datagram.ip;
  const Destination* const known = ingress.destination;
  if (known == nullptr && parts_->forwarder.is_machine(ip.destination))
    return forward_out(ingress, ip, to);
  parts_->hosts.note_system(ingress.now, datagram);
  const HostTemplatePtr* host_template =
      known != nullptr ? parts_->hosts.resolved(known->host_template, ip, ingress.now)
                       : parts_->hosts.find(ip.destination, ip.source, ip.protocol, ingress.now);
  if (host_template == nullptr)
    host_template = parts_->transport.template_of_conversation(datagram);
  if (host_template == nullptr) return counters_.count(DropReason::no_host);
  if (parts_->hosts.drops(**host_template, datagram))
    return counters_.count(DropReason::dropped_by_host);
  const std::size_t hops = to.path->hops.size();
  HostContext host = parts_->hosts.context(
      ingress.now, ip.destination, ip.source, *host_template,
      reply_route(ingress.exit, *to.path, to.path->place, hops, to.at), ingress.out,
      ingress.destination != nullptr ? &ingress.destination->host_slot : nullptr);
  host.to_group = ingress.to_group;
  if (hops == 0) return parts_->transport.handle(host, datagram, ingress.checksum_pending);
  ParsedDatagram arrived = datagram;
  arrived.ip.hop_limit = static_cast<std::uint8_t>(ip.hop_limit - hops);
  parts_->transport.handle(host, arrived, ingress.checksum_pending);
}

/// Whether a visitor's datagram can leave by `exit`, at the end of its path. Counts or answers it
/// if not.
bool Engine::may_forward_out(const Ingress& ingress, const IpDatagram& datagram, const Path& path,
                             Instant at, std::optional<InterfaceId> exit) {
  if (!exit || *exit == ingress.exit.interface) {
    counters_.count(DropReason::external_link_down);
    return false;
  }
  const std::size_t mtu = parts_->outlet.mtu_of({.exit = {*exit, {}, {}}});
  if (!datagram.dont_fragment || datagram.whole.size() <= mtu) {
    parts_->forwarder.note_visitor(datagram.source, ingress.exit);
    return true;
  }
  if (path.hops.empty())
    counters_.count(DropReason::too_large);
  else
    answer_from_router(ingress, datagram, TooLarge{&path, &path.hops.back(), at},
                       {IcmpType::destination_unreachable, icmp_unreachable::fragmentation_needed,
                        static_cast<std::uint16_t>(mtu)});
  return false;
}

/// Forwards it into the tunnel at the end of its path.
void Engine::forward_out(const Ingress& ingress, IpDatagram datagram, const Tunnelled& into) {
  const auto exit = parts_->forwarder.exit_of(*into.path);
  if (!may_forward_out(ingress, datagram, *into.path, into.at, exit)) return;
  datagram.hop_limit = static_cast<std::uint8_t>(datagram.hop_limit - into.path->hops.size());
  parts_->outlet.forward({.exit = {*exit, {}, {}}, .departs = into.at}, datagram);
}

/// Forwards it to the physical host that it is for.
void Engine::forward_out(const Ingress& ingress, IpDatagram datagram, const Delivered& to) {
  const auto exit = parts_->forwarder.interface_of(datagram.destination);
  if (!may_forward_out(ingress, datagram, *to.path, to.at, exit)) return;
  datagram.hop_limit = static_cast<std::uint8_t>(datagram.hop_limit - to.path->hops.size());
  parts_->forwarder.send_to_machine(ingress.now, to.at, *to.path, datagram, parts_->outlet);
}

/// Forwards the answer of a physical host, or from a tunnel, to the visitor, along the outbound
/// path of a host in its place. Returns false if the datagram is no such answer.
bool Engine::forward_back(const Ingress& ingress, const IpDatagram& datagram) {
  const Path* const path = honeynet_->topology().path_to(datagram.source);
  if (path == nullptr ||
      !parts_->forwarder.may_send(datagram.source, *path, ingress.exit.interface))
    return false;
  const Egress* const visitor = parts_->forwarder.way_to(datagram.destination);
  if (visitor == nullptr) return false;
  const ReplyRoute way = reply_route(*visitor, *path, path->place, path->hops.size(), ingress.now);
  if (datagram.dont_fragment && datagram.whole.size() > parts_->outlet.mtu_of(way))
    counters_.count(DropReason::too_large);
  else
    parts_->outlet.forward(way, datagram);
  return true;
}

}  // namespace apiary
