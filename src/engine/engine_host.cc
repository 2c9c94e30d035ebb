// The hosts of an engine: who is at an address, what is kept of it, and what it is handed.
#include "engine/engine.h"
#include "host/icmp.h"
#include "host/ip_options.h"

namespace apiary {

const HostTemplatePtr* Engine::find_host(const IpAddress& address, const IpAddress& visitor,
                                         std::uint8_t protocol, Instant now) const {
  const LeasedHost* const leased = dhcp_.find(address);
  const HostTemplatePtr* const kind =
      leased == nullptr ? honeynet_->find_host(address) : &leased->kind;
  if (kind == nullptr || !(*kind)->is_dynamic) return kind;
  const Duration time = time_of_day(now, honeynet_->parts().local_time_ahead);
  return resolve(*kind, {visitor, protocol, time, systems_.name_of(visitor, now)});
}

const Path* Engine::path_to(const IpAddress& address) const {
  static const Path on_the_link;
  return dhcp_.find(address) != nullptr ? &on_the_link : honeynet_->topology().path_to(address);
}

void Engine::dispatch(HostContext& host, const IpDatagram& datagram, bool checksum_pending) {
  if (!datagram.options.empty()) {
    const auto options = read_ip_options(datagram.options);
    if (!options || options->routes_by_source) return host.drop(DropReason::source_routed);
  }
  switch (static_cast<IpProtocol>(datagram.protocol)) {
    case IpProtocol::icmp:
      if (const auto report = read_icmp_error(datagram)) return on_icmp_error(host, *report);
      return handle_icmp(host, datagram);
    case IpProtocol::tcp:
      if (host.to_group) return host.drop(DropReason::link_broadcast);
      return tcp_.handle(host, datagram, checksum_pending);
    case IpProtocol::udp:
      return udp_.handle(host, datagram, checksum_pending);
  }
  answer_unknown_protocol(host, datagram);
}

void Engine::on_icmp_error(HostContext& host, const ReceivedIcmpError& report) {
  if (report.about.is(IpProtocol::tcp)) return tcp_.on_icmp_error(host, report);
  if (report.about.is(IpProtocol::udp)) return udp_.on_icmp_error(host, report);
  host.drop(DropReason::unknown_icmp);
}

HostState Engine::make_state(const IpAddress& address, const HostTemplatePtr& kind,
                             Instant now) const {
  return make_host_state(settings_.host_key, address, *kind, began_, now);
}

HostState& Engine::state_of(const IpAddress& address, const HostTemplatePtr& kind, Instant now) {
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
                            const HostTemplatePtr& kind, const ReplyRoute& way, Outbox& out) {
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
          accounts_.of(visitor),
          systems_};
}

/// The host tells who sent the first fragment that the others did not come in time (RFC 1122
/// section 3.3.2).
void Engine::report_lapsed(Instant now, const Reassembly::Lapsed& lapsed, Outbox& out) {
  const IpDatagram& first = lapsed.first;
  const HostTemplatePtr* const kind =
      find_host(first.destination, first.source, first.protocol, now);
  if (kind == nullptr || !(*kind)->personality->quirks.reports_lapsed_fragments ||
      std::holds_alternative<Block>((*kind)->icmp_default))
    return;
  const FlowKey flow{{first.source, {}}, {first.destination, {}}, IpProtocol::icmp};
  HostContext host = conversation_context(now, flow, *kind, lapsed.way, out);
  constexpr std::uint8_t in_reassembly = 1;
  send_icmp_error(host, first, {IcmpType::time_exceeded, in_reassembly});
}

/// For a conversation whose machine may be configured otherwise by now: it draws on the sequences
/// the host has, whatever system they are of, lest two systems take turns in beginning them anew.
HostContext Engine::conversation_context(Instant now, const FlowKey& flow,
                                         const HostTemplatePtr& kind, const SavedReplyRoute& kept,
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
          accounts_.of(flow.remote.address),
          systems_};
}

/// The way back, in the present topology, of what a host says unasked. The visitor's packets are
/// heard when they come in from outside, so the host's own doings count as much too early as the
/// inbound path takes; what it says sets out that much later, and not before the answer to the
/// packet before.
ReplyRoute Engine::way_of_conversation(Instant now, const IpAddress& address,
                                       const SavedReplyRoute& kept) const {
  const Path* const path = path_to(address);
  if (path == nullptr || !path->reaches()) {  // any more: nothing gets through
    return {.exit = kept.exit,
            .path = nullptr,
            .from = {.after = {.latency = {}, .loss = percent(100)}},
            .hops = 0,
            .departs = now};
  }
  return reply_route(kept.exit, *path, path->place, path->hops.size(),
                     std::max(now + path->place.latency, kept.departed));
}

}  // namespace apiary
