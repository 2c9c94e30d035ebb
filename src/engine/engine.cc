#include "engine/engine.h"

#include <algorithm>
#include <utility>

#include "base/overloaded.h"
#include "host/icmp.h"
#include "host/ip_options.h"
#include "wire/decode.h"

namespace apiary {
namespace {

/// The key of the tables whose keys strangers choose.
HashKey table_key(const EngineSettings& settings) {
  return {mix_bits(settings.seed ^ settings.host_key.low),
          mix_bits(~settings.seed ^ settings.host_key.high)};
}

/// The way back from a point of `path` that a packet reached at `at`, with `hops` routers before
/// it.
WayBack way_back(const ReturnPath& exit, const Path& path, const Place& place, std::size_t hops,
                 Instant at) {
  return {.exit = exit,
          .path = &path,
          .from = place,
          .hops = static_cast<std::uint16_t>(std::min<std::size_t>(hops, 255)),
          .departs = at};
}

/// Whether it tells that something sent before got there.
bool acknowledges(const IpDatagram& datagram) {
  if (!datagram.is(IpProtocol::tcp) || datagram.is_fragment()) return false;
  const auto segment = parse_tcp(datagram.payload);
  return segment && segment->has(tcp_flag::ack) && !segment->has(tcp_flag::syn);
}

}  // namespace

Engine::Engine(std::shared_ptr<const Honeynet> honeynet, EngineSettings settings)
    : honeynet_(std::move(honeynet)),
      settings_(std::move(settings)),
      network_(honeynet_->topology(), settings_.seed),
      chance_(mix_bits(settings_.seed + 3)),
      outlet_(settings_.interfaces, settings_.limits, network_, counters_),
      portals_(settings_.limits, table_key(settings_)),
      arp_(settings_.arp, settings_.limits, table_key(settings_),
           Random{mix_bits(settings_.seed + 4)}),
      neighbours_(settings_.limits, table_key(settings_), Random{mix_bits(settings_.seed + 6)}),
      small_talk_(settings_.interfaces, Random{mix_bits(settings_.seed + 7)}),
      dhcp_({honeynet_, outlet_, settings_.interfaces, settings_.host_key},
            Random{mix_bits(settings_.seed + 5)}),
      reassembly_(settings_.limits, table_key(settings_), counters_),
      tcp_(settings_.limits, table_key(settings_)),
      udp_(settings_.limits, table_key(settings_)),
      accounts_(settings_.limits, table_key(settings_)),
      icmp_allowance_(settings_.limits, table_key(settings_)),
      hosts_(settings_.limits.hosts, FlowHash{table_key(settings_)}) {
  portals_.adopt(*honeynet_, settings_.interfaces);
  small_talk_.adopt(*honeynet_, settings_.claimed);
}

void Engine::on_frame(Instant now, InterfaceId interface, const ReceivedFrame& frame, Outbox& out) {
  began_ = std::min(began_, now);
  const LinkLayer link_layer = settings_.interfaces[interface.index].link_layer;
  counters_.received.count(protocol_of(frame.bytes, link_layer), frame.bytes.size());
  const auto decoded = decode_frame(frame.bytes, link_layer);
  if (!decoded) return counters_.count(DropReason::undecodable);
  if (const auto* arp = std::get_if<ArpMessage>(&decoded->content)) {
    dhcp_.on_arp(now, interface, *arp, out);
    if (has_cards()) neighbours_.on_arp(now, *arp);
    return arp_.handle(
        now, {interface, decoded->receiver, *arp, portals_.hear_of(now, interface, *arp, outlet_)},
        stations(), outlet_, out);
  }

  const Arrival arrival{
      now, {interface, decoded->sender, decoded->receiver}, frame.checksum_pending, out};
  const auto& datagram = std::get<IpDatagram>(decoded->content);
  if (dhcp_.handle(now, interface, decoded->sender, datagram, out)) return;
  if (decoded->receiver.is_group()) return counters_.count(DropReason::not_claimed);
  if (!may_answer(arrival, datagram)) return;
  accounts_.of(datagram.source).note_received(now, datagram.whole.size(), settings_.limits);
  if (has_cards()) note_neighbour(arrival, datagram);
  on_datagram(arrival, datagram);
}

/// Whoever sent the frame is a neighbour of the host it is for, or of the first router on the way.
void Engine::note_neighbour(const Arrival& arrival, const IpDatagram& datagram) {
  const auto station = stations().find(arrival.exit.interface, datagram.destination);
  if (station) neighbours_.on_datagram(arrival.now, arrival.exit, *station, acknowledges(datagram));
}

/// Whether it is for us at all, and comes from where an answer may go (RFC 1122 section 3.2.1.3).
bool Engine::may_answer(const Arrival& arrival, const IpDatagram& datagram) {
  const bool is_lent = dhcp_.find(datagram.destination) != nullptr;
  if ((!is_lent && (!settings_.claimed.contains(datagram.destination) ||
                    arp_.is_taken(arrival.now, datagram.destination))) ||
      !stations().hears(arrival.exit.interface, arrival.exit.own, datagram.destination)) {
    if (!hand_out(arrival, datagram)) counters_.count(DropReason::not_claimed);
    return false;
  }
  const IpAddress& source = datagram.source;
  const bool is_nobodys = source == datagram.destination || source.is_multicast() ||
                          source.is_broadcast() || source.is_loopback() || source.is_unspecified();
  if (is_nobodys || is_of_link(arrival.exit.interface, source) || is_ours(arrival, source)) {
    counters_.count(DropReason::bad_source);
    return false;
  }
  return true;
}

/// Whether no visitor on the link can have `source`: it is this machine's own there, or stands for
/// the whole network or all in it. A machine speaks for itself where it is the link.
bool Engine::is_of_link(InterfaceId interface, const IpAddress& source) const {
  const InterfaceSettings& on = settings_.interfaces[interface.index];
  if (on.link_layer == LinkLayer::raw_ip) return false;
  return std::ranges::any_of(on.networks, [&](const LinkNetwork& network) {
    return source == network.own || network.is_for_all(source);
  });
}

/// Whether `source` is an address that we answer for: nobody else can have it but a real machine
/// that stands in the honeynet, or, on the link, one that ARP was told of. That is asked when it is
/// not known yet, and what came is not answered.
bool Engine::is_ours(const Arrival& arrival, const IpAddress& source) {
  const InterfaceId interface = arrival.exit.interface;
  if (dhcp_.find(source) != nullptr) return true;
  const bool is_claimed = settings_.claimed.contains(source);
  if (!is_claimed && honeynet_->parts().hosts.find_single(source) == nullptr &&
      !honeynet_->topology().is_router(source))
    return false;
  const Path* const path = honeynet_->topology().path_to(source);
  if (path != nullptr && portals_.may_send(source, *path, interface)) return false;
  if (!is_claimed || settings_.interfaces[interface.index].network_of(source) == nullptr)
    return true;
  if (arp_.is_taken(arrival.now, source)) return false;
  if (const auto station = stations().find(interface, source))
    arp_.may_speak(arrival.now, interface, source, *station, outlet_);
  return true;
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

const TemplatePointer* Engine::find_host(const IpAddress& address, const IpAddress& visitor,
                                         std::uint8_t protocol, Instant now) const {
  const LeasedHost* const leased = dhcp_.find(address);
  if (leased == nullptr) return honeynet_->find_host(address, visitor, protocol, now);
  const Duration time = time_of_day(now, honeynet_->parts().local_time_ahead);
  return resolve(leased->kind, {visitor, protocol, time});
}

const Path* Engine::path_to(const IpAddress& address) const {
  static const Path on_the_link;
  return dhcp_.find(address) != nullptr ? &on_the_link : honeynet_->topology().path_to(address);
}

/// Whether the host drops it without an answer, as chance has it.
bool Engine::is_dropped(const Template& kind, const IpDatagram& datagram) {
  if (chance_.happens(kind.drops_in)) return true;
  if (kind.drops_syn == Probability{} || !datagram.is(IpProtocol::tcp) || datagram.is_fragment())
    return false;
  const auto segment = parse_tcp(datagram.payload);
  return segment && segment->is_connection_request() && chance_.happens(kind.drops_syn);
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

void Engine::dispatch(HostContext& host, const IpDatagram& datagram, bool checksum_pending) {
  if (!datagram.options.empty()) {
    const auto options = read_ip_options(datagram.options);
    if (!options || options->routes_by_source) return host.drop(DropReason::source_routed);
  }
  switch (static_cast<IpProtocol>(datagram.protocol)) {
    case IpProtocol::icmp:
      if (const auto report = read_report(datagram)) return on_report(host, *report);
      return handle_icmp(host, datagram);
    case IpProtocol::tcp:
      return tcp_.handle(host, datagram, checksum_pending);
    case IpProtocol::udp:
      return udp_.handle(host, datagram, checksum_pending);
  }
  answer_unknown_protocol(host, datagram);
}

void Engine::on_report(HostContext& host, const IcmpReport& report) {
  if (report.about.is(IpProtocol::tcp)) return tcp_.on_report(host, report);
  if (report.about.is(IpProtocol::udp)) return udp_.on_report(host, report);
  host.drop(DropReason::unknown_icmp);
}

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

HostState Engine::make_state(const IpAddress& address, const TemplatePointer& kind,
                             Instant now) const {
  return make_host_state(settings_.host_key, address, *kind, began_, now);
}

HostState& Engine::state_of(const IpAddress& address, const TemplatePointer& kind, Instant now) {
  HostState* const known = hosts_.touch(address);
  if (known == nullptr) return hosts_.insert(address, make_state(address, kind, now));
  if (known->personality == kind->personality) return *known;
  // Another world than when it was last spoken to. The same system goes on counting.
  if (known->personality->name == kind->personality->name)
    known->personality = kind->personality;
  else
    *known = make_state(address, kind, now);
  return *known;
}

HostContext Engine::context(Instant now, const IpAddress& address, const IpAddress& visitor,
                            const TemplatePointer& kind, const WayBack& way, Outbox& out) {
  return {now,
          address,
          kind,
          state_of(address, kind, now),
          way,
          settings_.limits,
          outlet_,
          out,
          counters_,
          icmp_allowance_,
          accounts_.of(visitor)};
}

/// The host tells who sent the first fragment that the others did not come in time (RFC 1122
/// section 3.3.2).
void Engine::report_lapsed(Instant now, const Reassembly::Lapsed& lapsed, Outbox& out) {
  const IpDatagram& first = lapsed.first;
  const TemplatePointer* const kind =
      find_host(first.destination, first.source, first.protocol, now);
  if (kind == nullptr || !(*kind)->personality->habits.reports_lapsed_fragments ||
      std::holds_alternative<Block>((*kind)->icmp_default))
    return;
  const FlowKey flow{{first.source, {}}, {first.destination, {}}, IpProtocol::icmp};
  HostContext host = conversation_context(now, flow, *kind, lapsed.way, out);
  constexpr std::uint8_t in_reassembly = 1;
  send_report(host, first, {IcmpType::time_exceeded, in_reassembly});
}

/// For a conversation whose machine may be configured otherwise by now: it draws on the sequences
/// the host has, whatever system they are of, lest two systems take turns in beginning them anew.
HostContext Engine::conversation_context(Instant now, const FlowKey& flow,
                                         const TemplatePointer& kind, const KeptWay& kept,
                                         Outbox& out) {
  const IpAddress& address = flow.local.address;
  HostState* state = hosts_.touch(address);
  if (state == nullptr) state = &hosts_.insert(address, make_state(address, kind, now));
  return {now,
          address,
          kind,
          *state,
          way_of_conversation(now, address, kept),
          settings_.limits,
          outlet_,
          out,
          counters_,
          icmp_allowance_,
          accounts_.of(flow.remote.address)};
}

/// The way back, in the present topology, of what a host says unasked. The visitor's packets are
/// heard when they come in from outside, so the host's own doings count as much too early as the
/// way in takes; what it says sets out that much later, and not before the answer to the packet
/// before.
WayBack Engine::way_of_conversation(Instant now, const IpAddress& address,
                                    const KeptWay& kept) const {
  const Path* const path = path_to(address);
  if (path == nullptr || !path->reaches()) {  // any more: nothing gets through
    return {.exit = kept.exit,
            .path = nullptr,
            .from = {.after = {.latency = {}, .loss = percent(100)}},
            .hops = 0,
            .departs = now};
  }
  return way_back(kept.exit, *path, path->place, path->hops.size(),
                  std::max(now + path->place.latency, kept.departed));
}

World Engine::adopt(World next) {
  dhcp_is_stale_ = true;
  network_.adopt(next.honeynet->topology());
  portals_.adopt(*next.honeynet, settings_.interfaces);
  small_talk_.adopt(*next.honeynet, next.claimed);
  return {std::exchange(honeynet_, std::move(next.honeynet)),
          std::exchange(settings_.claimed, std::move(next.claimed))};
}

void Engine::on_service(Instant now, const ServiceMessage& message, Outbox& out) {
  const SessionId session = std::visit([](const auto& m) { return m.session; }, message);
  if (Connection* const connection = tcp_.find(session)) {
    HostContext host =
        conversation_context(now, connection->flow(), connection->kind(), connection->way(), out);
    return tcp_.on_service(host, *connection, message);
  }
  if (const auto [key, flow] = udp_.find(session); flow != nullptr) {
    const TemplatePointer kind = flow->kind;
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
  small_talk_.on_time(now, stations(), arp_, outlet_);
  if (std::exchange(dhcp_is_stale_, false)) dhcp_.adopt(now, out);
  dhcp_.on_time(now, out);
  outlet_.release(now, out.packets);
}

std::vector<TableUse> Engine::tables() const {
  std::vector<TableUse> tables = {use_of("hosts", hosts_), udp_.use(),     arp_.use(),
                                  neighbours_.use(),       portals_.use(), icmp_allowance_.use()};
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
                   neighbours_.next_due(), small_talk_.next_due(), dhcp_.next_due(),
                   outlet_.next_due()});
}

}  // namespace apiary
