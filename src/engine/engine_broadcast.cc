// Broadcasts and multicasts on a link. The hosts of its networks that have a service for the port
// answer, each from its own address, as real machines do (NetBIOS, SSDP, mDNS).
#include <algorithm>

#include "engine/engine.h"
#include "engine/engine_parts.h"
#include "wire/checksum.h"

namespace apiary {
namespace {

// The time from the wire to the service, on a fast and on a slow machine, so that hosts do not
// answer all at the same time.
constexpr Duration least_hearing = microseconds{40}, hearing_spread = milliseconds{2};

Duration hearing_time(const IpAddress& host, const HashKey& key) {
  const std::uint64_t bits = mix_bits(key.low ^ mix_bits(key.high ^ host.v4_value()));
  return least_hearing + Duration{bits % static_cast<std::uint64_t>(hearing_spread.count())};
}

bool has_service(const HostTemplate& host_template, Port port) {
  return std::holds_alternative<std::shared_ptr<const ServiceSpec>>(host_template.udp_action(port));
}

/// Calls `ask` for each address of `set` in `within`, ascending, until it returns false.
template <class Ask>
void visit(const AddressSet& set, const IpPrefix& within, Ask ask) {
  const auto& ranges = set.ranges();
  auto range = std::ranges::partition_point(
      ranges, [&](const AddressRange& r) { return r.last < within.first(); });
  for (; range != ranges.end() && range->first <= within.last(); ++range) {
    const std::uint64_t last = std::min(range->last, within.last()).v4_value();
    for (std::uint64_t at = std::max(range->first, within.first()).v4_value(); at <= last; ++at)
      if (!ask(IpAddress::v4(static_cast<std::uint32_t>(at)))) return;
  }
}

}  // namespace

/// Whether `destination` is the broadcast address of the link or of one of its networks, or a group
/// address.
bool Engine::is_for_all(InterfaceId interface, const IpAddress& destination) const {
  if (destination.is_broadcast() || destination.is_multicast()) return true;
  return std::ranges::any_of(
      settings_.interfaces[interface.index].networks,
      [&](const LinkNetwork& network) { return network.is_broadcast(destination); });
}

void Engine::on_broadcast(const Ingress& ingress, const IpDatagram& datagram) {
  const double per_second = settings_.limits.broadcasts_per_second;
  ReplyLimits& reply_limits = parts_->hosts.reply_limits();
  if (!reply_limits.broadcasts.take(ingress.now, 2 * per_second, per_second))
    return counters_.count(DropReason::broadcast_limit);
  if (!is_from_visitor(ingress, datagram)) return;
  reply_limits.amplification.of(datagram.source)
      .note_received(ingress.now, datagram.whole.size(), settings_.limits);
  if (datagram.is_fragment()) return counters_.count(DropReason::no_host);
  const ParsedDatagram parsed = parse_transport(datagram);
  if (datagram.is(IpProtocol::udp)) return on_broadcast_udp(ingress, parsed);
  if (datagram.is(IpProtocol::icmp)) return on_broadcast_icmp(ingress, parsed);
  counters_.count(DropReason::unknown_protocol);
}

void Engine::on_broadcast_udp(const Ingress& ingress, const ParsedDatagram& parsed) {
  const UdpDatagram* const udp = parsed.udp();
  if (udp == nullptr) return counters_.count(DropReason::undecodable);
  const IpDatagram& datagram = parsed.ip;
  const Bytes covered = datagram.payload.first(udp_size_bytes(*udp));
  if (!ingress.checksum_pending && udp->has_checksum &&
      transport_checksum(datagram.source, datagram.destination, IpProtocol::udp, covered) != 0)
    return counters_.count(DropReason::bad_checksum);
  if (deliver_to_listeners(ingress, parsed, udp->destination_port)) return;
  emit_broadcast(ingress, datagram,
                 {.flow = {{datagram.source, udp->source_port},
                           {datagram.destination, udp->destination_port},
                           IpProtocol::udp},
                  .type = ProbeType::datagram,
                  .payload = udp->payload});
  counters_.count(DropReason::no_host);
}

/// Delivers the datagram to hosts with a service for it; returns whether there was one. Answers
/// only sources on the link: through a router that forwards broadcasts, all hosts would answer a
/// victim.
bool Engine::deliver_to_listeners(const Ingress& ingress, const ParsedDatagram& datagram,
                                  Port port) {
  const InterfaceSettings& on = settings_.interfaces[ingress.exit.interface.index];
  if (!on.networks.empty() && on.network_of(datagram.ip.source) == nullptr) return false;
  const Limits& limits = settings_.limits;
  std::size_t asked = 0, delivered = 0;
  const auto ask = [&](const IpAddress& host) {
    if (++asked > limits.broadcast_candidates || delivered == limits.broadcast_receivers) {
      counters_.count(DropReason::broadcast_limit);
      return false;
    }
    if (deliver_broadcast(ingress, datagram, host, port)) ++delivered;
    return true;
  };
  const auto ask_all_in = [&](const IpPrefix& network) {
    visit(honeynet_->broadcast_listeners(), network, ask);
    visit(leased_addresses(), network, ask);
  };
  const IpAddress& to = datagram.ip.destination;
  if (on.networks.empty()) ask_all_in(IpPrefix{});  // none known: any host may be on the link
  for (const LinkNetwork& link : on.networks)
    if (to.is_broadcast() || to.is_multicast() || link.is_broadcast(to)) ask_all_in(link.network);
  return delivered > 0;
}

/// Delivers it to the service of `host`, if the host has one and is on the link. The hosts of other
/// shards receive it there.
bool Engine::deliver_broadcast(const Ingress& ingress, ParsedDatagram datagram,
                               const IpAddress& host, Port port) {
  const IpAddress& source = datagram.ip.source;
  const HostTemplatePtr* const host_template =
      parts_->hosts.find(host, source, datagram.ip.protocol, ingress.now);
  if (host_template == nullptr || !has_service(**host_template, port) || host == source)
    return false;
  const auto station = parts_->lan.stations().find(ingress.exit.interface, host);
  const Path* const path = parts_->hosts.path_to(host);
  if (!station || path == nullptr || !path->reaches() || parts_->forwarder.is_machine(host) ||
      parts_->lan.is_taken(ingress.now, host))
    return false;
  if (!settings_.share.has(host)) return true;
  if (parts_->hosts.drops(**host_template, datagram)) {
    counters_.count(DropReason::dropped_by_host);
    return false;
  }
  const Limits& limits = settings_.limits;
  if (!parts_->hosts.reply_limits().broadcast_deliveries.take(
          ingress.now, 2.0 * static_cast<double>(limits.broadcast_receivers),
          limits.broadcast_deliveries_per_second)) {
    counters_.count(DropReason::broadcast_limit);
    return false;
  }
  datagram.ip.destination = host;  // its checksum, already verified, does not cover this
  const Instant at = ingress.now + path->place.latency + hearing_time(host, settings_.host_key);
  const Egress exit{ingress.exit.interface, ingress.exit.peer, station->mac};
  HostContext context_of_host = parts_->hosts.context(
      ingress.now, host, source, *host_template,
      reply_route(exit, *path, path->place, path->hops.size(), at), ingress.out);
  context_of_host.to_group = true;
  parts_->transport.handle_broadcast(context_of_host, datagram);
  return true;
}

/// Systems of the last twenty years do not answer a broadcast ping (RFC 1122 section 3.2.2.6 allows
/// that).
void Engine::on_broadcast_icmp(const Ingress& ingress, const ParsedDatagram& parsed) {
  const IcmpMessage* const message = parsed.icmp();
  if (message == nullptr) return counters_.count(DropReason::undecodable);
  const IpDatagram& datagram = parsed.ip;
  if (internet_checksum(datagram.payload) != 0) return counters_.count(DropReason::bad_checksum);
  if (message->is_error()) return counters_.count(DropReason::unknown_icmp);
  const bool is_echo = message->is(IcmpType::echo_request);
  emit_broadcast(ingress, datagram,
                 {.flow = {{datagram.source, {}}, {datagram.destination, {}}, IpProtocol::icmp},
                  .type = is_echo ? ProbeType::echo_request : ProbeType::icmp_query,
                  .icmp_type = message->type,
                  .icmp_code = message->code,
                  .payload = message->payload});
  counters_.count(DropReason::silent_personality);
}

/// Reports a broadcast that no host answers, once for all shards. `probe` has what the IP header
/// does not; its payload is shortened and copied.
void Engine::emit_broadcast(const Ingress& ingress, const IpDatagram& datagram,
                            ProbeReceived probe) const {
  if (!settings_.share.is_first()) return;
  probe.at = ingress.now;
  probe.size_bytes =
      static_cast<std::uint16_t>(ip_header_size_bytes(datagram) + datagram.payload.size());
  probe.payload = ingress.out.bytes.copy(
      probe.payload.first(std::min(probe.payload.size(), max_event_payload_bytes)));
  ingress.out.events.push_back(probe);
}

}  // namespace apiary
