// How TcpHandler opens connections: half-open ones stay in a HalfOpenTable until something happens
// to them.
#include <algorithm>
#include <memory>
#include <utility>

#include "tcp/endpoints.h"
#include "tcp/link_mss.h"
#include "tcp/tcp.h"

namespace apiary {
namespace {

/// The offset of timestamps that the endpoints determine.
std::uint32_t offset_of(const HostContext& host, const Endpoints& endpoints) {
  return host.stack().timestamp_offset(host.personality().timestamps, endpoints);
}

/// The half-open connection that `syn` begins.
HalfOpen half_open_by(const HostContext& host, const FlowKey& flow, const TcpSegment& syn,
                      const Endpoints& endpoints, const SynAck& syn_ack) {
  return {.flow = flow,
          .visitor_isn = syn.sequence,
          .isn = syn_ack.reply.sequence,
          .syn = syn_ack.summary.value_or(SynSummary{.offers_ecn = syn.offers_ecn()}),
          .visitor_timestamp = syn_ack.visitor_timestamp,
          .timestamp_offset = syn_ack.negotiated.timestamp_offset - offset_of(host, endpoints),
          .visitor_system = host.systems.of(flow.remote.address, host.now),
          .sent = host.now};
}

}  // namespace

void TcpHandler::open(HostContext& host, ProbeReceived& probe, const TcpSegment& syn) {
  const Endpoints endpoints = endpoints_of(probe.flow);
  auto syn_ack = answer_syn(host.personality(), host.stack(), syn, host.now, endpoints);
  if (!syn_ack || (syn_ack->reply.flags & tcp_flag::syn) == 0) {
    host.emit(probe);
    if (!syn_ack) return host.drop(DropReason::silent_personality);
    return host.send(probe.flow, syn_ack->reply);  // some systems refuse some requests
  }
  fit_mss_to_link(syn_ack->reply, host);
  probe.type = ProbeType::handshake_begun;
  host.emit(probe);
  // The first SYN/ACK is sent as it is: the personality drew its IP ID with the answer.
  host.send(probe.flow, syn_ack->reply);
  while (half_open() >= limits_.half_open_connections && half_open_.size() > 0) {
    half_open_.remove(half_open_.oldest());
    ++half_open_evictions_;
    host.drop(DropReason::connection_limit);
  }
  const HalfOpen one = half_open_by(host, probe.flow, syn, endpoints, *syn_ack);
  // The table cannot repeat a reply without a summary.
  if (syn_ack->summary && half_open_.add(one, host.host_template, host.way.exit)) return;
  make_room(host);
  connections_.add(host.now, make_connection(host, one, *syn_ack));
}

std::unique_ptr<Connection> TcpHandler::complete(HostContext& host, const HalfOpen& one) {
  make_room(host);  // it may stay
  SynAck syn_ack =
      repeat_syn_ack(host.personality(), host.stack(), one.syn, one.visitor_timestamp,
                     one.timestamp_offset + offset_of(host, endpoints_of(one.flow)), host.now);
  fit_mss_to_link(syn_ack.reply, host);
  return make_connection(host, one, syn_ack);
}

std::unique_ptr<Connection> TcpHandler::make_connection(HostContext& host, const HalfOpen& one,
                                                        const SynAck& syn_ack) {
  const PortAction& action = host.action(IpProtocol::tcp, one.flow.local.port);
  return std::make_unique<Connection>(
      host, connections_.next_session(),
      ConnectionStart{
          .flow = one.flow,
          .host_template = templates_.pin(host.host_template),
          .service = std::get_if<std::shared_ptr<const ServiceSpec>>(&action),
          .visitor_isn = one.visitor_isn,
          .isn = one.isn,
          .visitor_timestamp = one.visitor_timestamp,
          .offers_ecn = one.syn.offers_ecn,
          .syn_ack = syn_ack,
          .visitor_system = host.systems.name(one.visitor_system),
          .sent = one.sent,
          .retransmissions = one.retransmissions,
          .syns = one.syns,
      },
      waiting_bytes_);
}

void TcpHandler::keep_if_changed(Instant now, std::uint32_t slot,
                                 std::unique_ptr<Connection> connection) {
  if (connection->is_as_begun()) return;
  half_open_.remove(slot);
  if (connection->is_closed()) return;
  connections_.add(now, std::move(connection));
}

void TcpHandler::on_half_open(HostContext& host, std::uint32_t slot, const TcpSegment& segment,
                              Ecn ecn) {
  const HalfOpen one = half_open_.at(slot);
  // A reset ends the handshake without a trace. Scanners reset what they find.
  if (segment.has(tcp_flag::rst) && segment.length() == 0 &&
      segment.sequence == one.visitor_isn + 1)
    return half_open_.remove(slot);
  HostContext as_begun = host.by(half_open_.host_template(slot));
  auto connection = complete(as_begun, one);
  if (segment.has(tcp_flag::syn)) half_open_.count_syn(slot);
  connection->on_segment(as_begun, segment, ecn);
  keep_if_changed(host.now, slot, std::move(connection));
}

void TcpHandler::forget_half_open(const AddressSet& addresses) {
  half_open_.remove_if([&](const IpAddress& host) { return addresses.contains(host); });
}

std::optional<TcpHandler::DueHalfOpen> TcpHandler::take_due_half_open(Instant now) {
  const std::uint32_t slot = half_open_.take_due(now);
  if (slot == HalfOpenTable::none) return std::nullopt;
  return DueHalfOpen{
      slot, half_open_.at(slot), half_open_.host_template(slot), {half_open_.exit(slot), {}}};
}

/// Under pressure, retransmissions are what a visitor misses least: most are to nobody.
void TcpHandler::on_time(HostContext& host, const DueHalfOpen& due) {
  const RetransmissionRule& rule = host.personality().retransmission;
  const bool is_pressed = half_open_.size() > limits_.half_open_connections / 2;
  if (is_pressed && due.connection.retransmissions <= rule.syn_ack_retries)
    return host.drop(DropReason::connection_limit);
  if (due.connection.retransmissions <= rule.syn_ack_retries)
    return send_again(host, due.connection);
  HalfOpen before = due.connection;
  --before.retransmissions;
  before.sent = host.now - syn_ack_wait(rule, before.retransmissions, before.isn.value);
  auto connection = complete(host, before);
  connection->on_time(host);  // it gives up
  keep_if_changed(host.now, due.slot, std::move(connection));
}

void TcpHandler::send_again(HostContext& host, const HalfOpen& one) {
  TcpReply reply =
      repeat_syn_ack(host.personality(), host.stack(), one.syn, one.visitor_timestamp,
                     one.timestamp_offset + offset_of(host, endpoints_of(one.flow)), host.now)
          .reply;
  fit_mss_to_link(reply, host);
  reply.sequence = one.isn;
  reply.acknowledgment = one.visitor_isn + 1;
  reply.ip = shape_connection(host.personality(), host.stack(), host.now);
  host.send(one.flow, reply);
}

}  // namespace apiary
