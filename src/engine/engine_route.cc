// What becomes of a datagram on its way in: delivered, handed on to what is real, or told of by a
// router.
#include "base/overloaded.h"
#include "engine/engine.h"
#include "wire/tcp.h"

namespace apiary {

/// The router at `at.hop` says what became of the datagram there.
template <class AtHop>
void Engine::answer_from_router(const Arrival& arrival, const IpDatagram& datagram, const AtHop& at,
                                const Report& report) {
  const Hop& hop = *at.hop;
  const TemplatePointer* const kind =
      honeynet_->find_host(hop.router, datagram.source, datagram.protocol, arrival.now);
  if (kind == nullptr) return counters_.count(DropReason::no_host);
  IpDatagram as_seen = datagram;
  as_seen.ttl = report.type == IcmpType::time_exceeded
                    ? std::uint8_t{1}
                    : static_cast<std::uint8_t>(datagram.ttl - hop.distance);
  HostContext router =
      context(arrival.now, hop.router, datagram.source, *kind,
              way_back(arrival.exit, *at.path, hop.place, hop.distance, at.at), arrival.out);
  send_report(router, as_seen, report);
}

void Engine::on_datagram(const Arrival& arrival, const IpDatagram& datagram) {
  if (dhcp_.find(datagram.destination) != nullptr)
    return deliver(arrival, datagram, {path_to(datagram.destination), arrival.now});
  const PacketTraits traits{.destination = datagram.destination,
                            .ttl = datagram.ttl,
                            .size_bytes = datagram.whole.size(),
                            .dont_fragment = datagram.dont_fragment};
  for (const RouteVerdict& verdict : network_.route_inbound(arrival.now, traits))
    act_on(arrival, datagram, verdict);
}

/// What a router says of what it cannot reach: of a network, unless it was told of one host alone
/// or is of a kind that always speaks of the host.
std::uint8_t Engine::no_route_code(const Arrival& arrival, const IpDatagram& datagram,
                                   const NoRoute& at) const {
  const TemplatePointer* const router =
      honeynet_->find_host(at.hop->router, datagram.source, datagram.protocol, arrival.now);
  const bool of_host = at.path->end == PathEnd::unreachable_host ||
                       (at.path->end == PathEnd::no_route && router != nullptr &&
                        (*router)->personality->says_host_without_route);
  return of_host ? icmp_unreachable::host : icmp_unreachable::network;
}

void Engine::act_on(const Arrival& arrival, const IpDatagram& datagram,
                    const RouteVerdict& verdict) {
  std::visit(overloaded{
                 [&](const Delivered& to) { deliver(arrival, datagram, to); },
                 [&](const LostOnLink& lost) { counters_.count(drop_reason(lost.why)); },
                 [&](const TtlExpired& at) {
                   answer_from_router(arrival, datagram, at, {IcmpType::time_exceeded, 0});
                 },
                 [&](const TooLarge& at) {
                   answer_from_router(
                       arrival, datagram, at,
                       {IcmpType::destination_unreachable, icmp_unreachable::fragmentation_needed,
                        at.hop->next_mtu_bytes});
                 },
                 [&](const NoRoute& at) {
                   answer_from_router(
                       arrival, datagram, at,
                       {IcmpType::destination_unreachable, no_route_code(arrival, datagram, at)});
                 },
                 [&](const Tunnelled& into) { hand_on(arrival, datagram, into); },
                 [&](const NotOfThisNetwork&) { counters_.count(DropReason::not_of_this_network); },
             },
             verdict);
}

/// Whether the host drops it without an answer, as chance has it.
bool Engine::is_dropped(const Template& kind, const IpDatagram& datagram) {
  if (rng_.happens(kind.drops_in)) return true;
  if (kind.drops_syn == Probability{} || !datagram.is(IpProtocol::tcp) || datagram.is_fragment())
    return false;
  const auto segment = parse_tcp(datagram.payload);
  return segment && segment->is_connection_request() && rng_.happens(kind.drops_syn);
}

void Engine::deliver(const Arrival& arrival, IpDatagram datagram, const Delivered& to) {
  if (portals_.is_machine(datagram.destination)) return hand_on(arrival, datagram, to);
  const TemplatePointer* kind =
      find_host(datagram.destination, datagram.source, datagram.protocol, arrival.now);
  TemplatePointer begun_with;  // held: the conversation may end in this turn
  if (kind == nullptr && (begun_with = tcp_.kind_of_conversation(datagram)) != nullptr)
    kind = &begun_with;
  if (kind == nullptr) return counters_.count(DropReason::no_host);
  if (is_dropped(**kind, datagram)) return counters_.count(DropReason::dropped_by_host);
  const std::size_t hops = to.path->hops.size();
  datagram.ttl = static_cast<std::uint8_t>(datagram.ttl - hops);
  HostContext host =
      context(arrival.now, datagram.destination, datagram.source, *kind,
              way_back(arrival.exit, *to.path, to.path->place, hops, to.at), arrival.out);
  host.to_group = arrival.to_group;
  if (!datagram.is_fragment()) return dispatch(host, datagram, arrival.checksum_pending);
  const FragmentPolicy policy = (*kind)->personality->habits.fragments;
  if (policy == FragmentPolicy::refuse) return counters_.count(DropReason::blocked);
  const KeptWay kept{arrival.exit, host.way.departs};
  if (auto whole = reassembly_.add(arrival.now, datagram, policy, kept)) {
    whole->ttl = datagram.ttl;
    dispatch(host, *whole, arrival.checksum_pending);
  }
}

/// Whether a visitor's datagram gets out to what is real at the end of its path, by `exit`.
bool Engine::may_hand_on(const Arrival& arrival, const IpDatagram& datagram, const Path& path,
                         Instant at, std::optional<InterfaceId> exit) {
  if (!exit || *exit == arrival.exit.interface) {
    counters_.count(DropReason::portal_closed);
    return false;
  }
  const std::size_t mtu = outlet_.mtu_of({.exit = {*exit, {}, {}}});
  if (!datagram.dont_fragment || datagram.whole.size() <= mtu) {
    portals_.note_visitor(datagram.source, arrival.exit);
    return true;
  }
  if (path.hops.empty())
    counters_.count(DropReason::too_large);
  else
    answer_from_router(arrival, datagram, TooLarge{&path, &path.hops.back(), at},
                       {IcmpType::destination_unreachable, icmp_unreachable::fragmentation_needed,
                        static_cast<std::uint16_t>(mtu)});
  return false;
}

/// Into the tunnel at the end of its path.
void Engine::hand_on(const Arrival& arrival, IpDatagram datagram, const Tunnelled& into) {
  const auto exit = portals_.exit_of(*into.path);
  if (!may_hand_on(arrival, datagram, *into.path, into.at, exit)) return;
  datagram.ttl = static_cast<std::uint8_t>(datagram.ttl - into.path->hops.size());
  outlet_.forward({.exit = {*exit, {}, {}}, .departs = into.at}, datagram);
}

/// To the real machine that it is for.
void Engine::hand_on(const Arrival& arrival, IpDatagram datagram, const Delivered& to) {
  const auto exit = portals_.interface_of(datagram.destination);
  if (!may_hand_on(arrival, datagram, *to.path, to.at, exit)) return;
  datagram.ttl = static_cast<std::uint8_t>(datagram.ttl - to.path->hops.size());
  portals_.send_to_machine(arrival.now, to.at, *to.path, datagram, outlet_);
}

/// What is real answers a visitor: its datagram takes the way outside that those of a host in its
/// place would. False: it is nothing of the kind.
bool Engine::hand_out(const Arrival& arrival, const IpDatagram& datagram) {
  const Path* const path = honeynet_->topology().path_to(datagram.source);
  if (path == nullptr || !portals_.may_send(datagram.source, *path, arrival.exit.interface))
    return false;
  const ReturnPath* const visitor = portals_.way_to(datagram.destination);
  if (visitor == nullptr) return false;
  const WayBack way = way_back(*visitor, *path, path->place, path->hops.size(), arrival.now);
  if (datagram.dont_fragment && datagram.whole.size() > outlet_.mtu_of(way))
    counters_.count(DropReason::too_large);
  else
    outlet_.forward(way, datagram);
  return true;
}

}  // namespace apiary
