#include "host/udp.h"

#include <algorithm>
#include <tuple>

#include "base/overloaded.h"
#include "wire/checksum.h"
#include "wire/udp.h"

namespace apiary {
namespace {

constexpr std::size_t output_allowance_bytes = 262'144;
constexpr std::size_t unconsumed_limit_bytes = 65'536;  // as much as a socket's receive buffer

}  // namespace

void UdpHandler::handle(HostContext& host, const ParsedDatagram& parsed, bool checksum_pending) {
  const UdpDatagram* const udp = parsed.udp();
  if (udp == nullptr) return host.drop(DropReason::undecodable);
  const IpDatagram& datagram = parsed.ip;
  const Bytes covered = datagram.payload.first(udp_size_bytes(*udp));
  if (!checksum_pending && udp->has_checksum &&
      transport_checksum(datagram.source, datagram.destination, IpProtocol::udp, covered) != 0)
    return host.drop(DropReason::bad_checksum);

  const FlowKey key{{datagram.source, udp->source_port},
                    {datagram.destination, udp->destination_port},
                    IpProtocol::udp};
  if (outbound_flows_ > 0)
    if (const UdpFlow* const known = flows_.find(key); known != nullptr && known->is_outbound)
      return known->is_refused ? answer_closed(host, datagram)
                               : on_service_datagram(host, key, udp->payload, nullptr);
  const auto emit_probe = [&] {
    ProbeReceived probe = host.probe(datagram, key, udp->payload);
    probe.type = ProbeType::datagram;
    host.emit(probe);
  };
  std::visit(overloaded{
                 [&](const Block&) {
                   emit_probe();
                   host.drop(DropReason::blocked);
                 },
                 [&](const Reset&) {
                   emit_probe();
                   answer_closed(host, datagram);
                 },
                 [&](const TarpitAction&) { host.drop(DropReason::duplicate_or_stray); },
                 [&](const Open&) {
                   emit_probe();
                   host.drop(DropReason::duplicate_or_stray);
                 },
                 [&](const std::shared_ptr<const ServiceSpec>& service) {
                   const UdpFlow* const known = flows_.find(key);
                   if (known != nullptr && known->is_refused) return answer_closed(host, datagram);
                   on_service_datagram(host, key, udp->payload, service);
                 },
             },
             host.action(IpProtocol::udp, udp->destination_port));
}

void UdpHandler::on_service_datagram(HostContext& host, const FlowKey& key, Bytes payload,
                                     const std::shared_ptr<const ServiceSpec>& service) {
  UdpFlow* known = flows_.touch(key);
  UdpFlow& flow = known != nullptr ? *known : open(host, key, service);
  flow.last_received = host.now;
  flow.way = {host.way.exit, std::max(flow.way.departed, host.way.departs)};
  if (flow.unconsumed_bytes + payload.size() > unconsumed_limit_bytes)
    return host.drop(DropReason::no_buffer);
  flow.unconsumed_bytes += payload.size();
  flow.received_bytes += payload.size();
  ++flow.received_packets;
  host.ask(DeliverInput{flow.session, host.out.bytes.copy(payload)});
}

void UdpHandler::connect(HostContext& host, const ConnectRequest& request) {
  if (const UdpFlow* const known = flows_.find(request.flow); known != nullptr) {
    if (!known->is_refused)
      return host.ask(ConnectionFailed{request.number, ConnectFailure::in_use});
    end(host.now, request.flow, host.out, FlowEndReason::closed);
  }
  UdpFlow& flow = open(host, request.flow, request.service, request.number);
  flow.last_received = flow.last_sent = host.now;
  outbound_due_.push(host.now + limits_.udp_outbound_idle_time, request.flow);
}

void UdpHandler::on_icmp_error(HostContext& host, const ReceivedIcmpError& report) {
  const bool closed = report.message.is(IcmpType::destination_unreachable) &&
                      report.message.code == icmp_unreachable::port;
  if (!closed || report.about.payload.size() < sizeof(wire::UdpHeader))
    return host.drop(DropReason::unknown_icmp);
  const auto ports = wire::read<wire::UdpHeader>(report.about.payload);
  const FlowKey key{{report.about.destination, Port{ports.destination_port}},
                    {report.about.source, Port{ports.source_port}},
                    IpProtocol::udp};
  const UdpFlow* const known = flows_.find(key);
  if (known == nullptr || known->is_refused) return host.drop(DropReason::unknown_icmp);
  end(host.now, key, host.out, FlowEndReason::reset_by_peer);
}

UdpFlow& UdpHandler::open(HostContext& host, const FlowKey& key,
                          const std::shared_ptr<const ServiceSpec>& service,
                          std::uint64_t request) {
  if (flows_.size() >= flows_.capacity()) {
    ++evictions_;
    end(host.now, *flows_.oldest().first, host.out, FlowEndReason::evicted);
  }
  const SessionId session = make_session_id(IpProtocol::udp, shard_, next_session_number_++);
  by_session_.insert({session, key});
  const auto [system, syn] = host.systems.known(key.remote.address, host.now);
  const bool is_outbound = request != 0;
  outbound_flows_ += is_outbound;
  host.emit(FlowOpened{host.now, key, host.host_template->name, system, is_outbound,
                       is_outbound ? std::nullopt : syn});
  host.ask(OpenSession{.session = session,
                       .flow = key,
                       .service = service,
                       .personality = host.personality().name,
                       .template_name = host.host_template->name,
                       .host_name = host.host_template->host_name,
                       .interface = host.outlet.interface(host.way.exit.interface).name,
                       .visitor_system = system,
                       .output_allowance_bytes = output_allowance_bytes,
                       .privileges = host.host_template->service_privileges,
                       .request = request});
  return flows_.insert(key, {.session = session,
                             .host_template = templates_.pin(host.host_template),
                             .way = {host.way.exit, host.way.departs},
                             .opened = host.now,
                             .is_outbound = is_outbound});
}

void UdpHandler::answer_closed(HostContext& host, const IpDatagram& datagram) {
  if (!may_report(host, datagram, IcmpType::destination_unreachable)) return;
  const auto shape = answer_closed_udp(host.personality(), host.stack(), datagram, host.now);
  if (!shape) return host.drop(DropReason::silent_personality);
  emit_icmp_error(host, datagram, IcmpType::destination_unreachable, icmp_unreachable::port,
                  *shape);
}

std::pair<const FlowKey*, UdpFlow*> UdpHandler::find(SessionId session) {
  const auto found = by_session_.find(session);
  if (found == by_session_.end()) return {};
  return {&found->second, flows_.find(found->second)};
}

void UdpHandler::on_service(HostContext& host, const FlowKey& key, UdpFlow& flow,
                            const ServiceMessage& message) {
  std::visit(
      overloaded{
          [&](const ServiceOutput& said) {
            const IpHeaderTraits shape = shape_datagram(host.personality(), host.stack(), host.now);
            const IpDatagram header = host.header(shape, key.remote.address, IpProtocol::udp);
            const std::size_t size =
                ip_header_size_bytes(header) + sizeof(wire::UdpHeader) + said.bytes.size();
            if (host.account.take_datagram(host.now, size, host.limits)) {
              host.outlet.send_udp(host.way, header, key.local.port, key.remote.port, said.bytes);
              flow.sent_bytes += said.bytes.size();
              ++flow.sent_packets;
              flow.last_sent = host.now;
            } else {
              host.drop(DropReason::would_amplify);
            }
            host.ask(GrantOutput{flow.session, said.bytes.size()});
          },
          [&](const InputConsumed& took) {
            flow.unconsumed_bytes -= std::min(took.bytes, flow.unconsumed_bytes);
          },
          [&](const OutputEnded&) { end(host.now, FlowKey{key}, host.out, FlowEndReason::closed); },
          [&](const ServiceFailed&) {
            emit_end(host.now, FlowKey{key}, flow, host.out, FlowEndReason::reset_by_host);
            flow.is_refused = true;
          },
      },
      message);
}

std::vector<Conversation> UdpHandler::latest(std::size_t limit) const {
  std::vector<Conversation> found;
  flows_.visit_latest(limit, [&](const FlowKey& key, const UdpFlow& flow) {
    if (flow.is_refused) return;
    found.push_back({key, "", flow.host_template->name, flow.received_bytes, flow.sent_bytes,
                     flow.last_received});
  });
  return found;
}

void UdpHandler::end(Instant now, const FlowKey& key, Outbox& out, FlowEndReason how) {
  const FlowKey gone = key;  // `key` may lie in what is erased
  const UdpFlow& flow = *flows_.find(gone);
  if (!flow.is_refused) {
    out.services.push_back(CloseSession{flow.session});
    emit_end(now, gone, flow, out, how);
  }
  outbound_flows_ -= flow.is_outbound;
  flows_.erase(gone);
}

/// Reports the end of a conversation, and forgets its session. `key` must not lie in by_session_.
void UdpHandler::emit_end(Instant now, const FlowKey& key, const UdpFlow& flow, Outbox& out,
                          FlowEndReason how) {
  out.events.push_back(FlowClosed{.at = now,
                                  .flow = key,
                                  .opened = flow.opened,
                                  .received_bytes = flow.received_bytes,
                                  .sent_bytes = flow.sent_bytes,
                                  .received_packets = flow.received_packets,
                                  .sent_packets = flow.sent_packets,
                                  .end = how,
                                  .is_outbound = flow.is_outbound});
  by_session_.erase(flow.session);
}

void UdpHandler::evict(Instant now, const AddressSet& addresses, Outbox& out) {
  std::vector<FlowKey> gone;
  flows_.visit_latest(flows_.size(), [&](const FlowKey& key, const UdpFlow&) {
    if (addresses.contains(key.local.address)) gone.push_back(key);
  });
  for (const FlowKey& key : gone) end(now, key, out, FlowEndReason::evicted);
}

void UdpHandler::on_time(Instant now, Outbox& out) {
  for (auto [key, flow] = flows_.oldest();
       flow != nullptr && flow->last_received + limits_.udp_idle_time <= now;
       std::tie(key, flow) = flows_.oldest())
    end(now, *key, out, FlowEndReason::timed_out);
  while (outbound_due_.next_due() <= now) {
    const FlowKey key = outbound_due_.pop();
    const UdpFlow* const flow = flows_.find(key);
    if (flow == nullptr || !flow->is_outbound) continue;
    const Instant due =
        std::max(flow->last_received, flow->last_sent) + limits_.udp_outbound_idle_time;
    if (due <= now)
      end(now, key, out, FlowEndReason::timed_out);
    else
      outbound_due_.push(due, key);
  }
}

}  // namespace apiary
