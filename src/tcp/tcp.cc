#include "tcp/tcp.h"

#include <algorithm>

#include "base/overloaded.h"
#include "wire/checksum.h"

namespace apiary {
namespace {

FlowKey flow_of(const IpDatagram& datagram, const TcpSegment& segment) {
  return {{datagram.source, segment.source_port},
          {datagram.destination, segment.destination_port},
          IpProtocol::tcp};
}

ProbeReceived probe_of(const HostContext& host, const IpDatagram& datagram,
                       const TcpSegment& segment) {
  ProbeReceived probe = host.probe(datagram, flow_of(datagram, segment), segment.payload);
  probe.type =
      segment.is_connection_request() ? ProbeType::connection_request : ProbeType::stray_segment;
  probe.tcp_flags = segment.flags;
  return probe;
}

/// Whether `segment` is a SYN that begins another connection between the endpoints of `one`, of a
/// host of this type.
bool begins_again(const HalfOpen& one, const HostTemplatePtr& begun_with,
                  const TcpSegment& segment) {
  return segment.has(tcp_flag::syn) && !segment.has(tcp_flag::ack | tcp_flag::rst) &&
         segment.sequence != one.visitor_isn &&
         !begun_with->personality->quirks.tcp.resets_other_syns;
}

}  // namespace

const HostTemplatePtr* TcpHandler::template_of_conversation(const ParsedDatagram& datagram) {
  const TcpSegment* const segment = datagram.tcp();
  if (segment == nullptr) return nullptr;
  const FlowKey flow = flow_of(datagram.ip, *segment);
  if (const std::uint32_t slot = half_open_.find(flow); slot != HalfOpenTable::none)
    return begins_again(half_open_.at(slot), half_open_.host_template(slot), *segment)
               ? nullptr
               : &half_open_.host_template(slot);
  const Connection* const connection = connections_.find(flow);
  if (connection == nullptr) return tarpit_.template_of(flow);
  return connection->yields_to(*segment) ? nullptr : &connection->host_template();
}

std::vector<Conversation> TcpHandler::latest(std::size_t limit) const {
  ConversationList list;
  connections_.visit_latest(limit, [&](const Connection& connection, Instant last_active) {
    list.latest.push_back(connection.summary());
    list.latest.back().last_active = last_active;
  });
  list.merge({tarpit_.latest(limit), 0}, limit);
  std::vector<Conversation> half_open;
  half_open_.visit([&](std::uint32_t slot) {
    if (half_open.size() >= limit) return false;
    const HalfOpen one = half_open_.at(slot);
    half_open.push_back({one.flow, to_string(TcpState::syn_received),
                         half_open_.host_template(slot)->name, 0, 0, one.sent});
    return true;
  });
  list.merge({std::move(half_open), 0}, limit);
  return std::move(list.latest);
}

std::array<TableUse, 3> TcpHandler::uses() const {
  return {TableUse{"connections", connections(), limits_.connections, evictions_},
          TableUse{"half_open_connections", half_open(), limits_.half_open_connections,
                   half_open_evictions_},
          tarpit_.use()};
}

void TcpHandler::handle(HostContext& host, const ParsedDatagram& parsed, bool checksum_pending) {
  const TcpSegment* const segment = parsed.tcp();
  if (segment == nullptr) return host.drop(DropReason::undecodable);
  const IpDatagram& datagram = parsed.ip;
  if (!checksum_pending && transport_checksum(datagram.source, datagram.destination,
                                              IpProtocol::tcp, datagram.payload) != 0)
    return host.drop(DropReason::bad_checksum);

  const FlowKey flow = flow_of(datagram, *segment);
  if (const std::uint32_t slot = half_open_.find(flow); slot != HalfOpenTable::none) {
    if (!begins_again(half_open_.at(slot), half_open_.host_template(slot), *segment))
      return on_half_open(host, slot, *segment, ecn_of(datagram));
    half_open_.remove(slot);
  }
  if (Connection* const connection = connections_.find(flow)) {
    if (!connection->yields_to(*segment))
      return on_connection(host, *connection, *segment, ecn_of(datagram));
    connection->evict(host);
    connections_.remove(*connection);
  }

  if (const HostTemplatePtr* const begun_with = tarpit_.template_of(flow)) {
    HostContext as_begun = host.by(*begun_with);
    return tarpit_.handle(as_begun, flow, *segment);
  }
  const PortAction& action = host.action(IpProtocol::tcp, segment->destination_port);
  ProbeReceived probe = probe_of(host, datagram, *segment);
  if (std::holds_alternative<Block>(action)) {
    host.emit(probe);
    return host.drop(DropReason::blocked);
  }
  if (std::holds_alternative<Reset>(action))
    return answer_stray_segment(host, probe, parsed, PortState::closed);
  if (!segment->is_connection_request())
    return answer_stray_segment(host, probe, parsed, PortState::open);
  if (std::holds_alternative<TarpitAction>(action)) return tarpit_.open(host, probe, *segment);
  open(host, probe, *segment);
}

void TcpHandler::on_connection(HostContext& host, Connection& connection, const TcpSegment& segment,
                               Ecn ecn) {
  // A connection keeps the template that it began with.
  HostContext as_begun = host.by(connection.host_template());
  connection.on_segment(as_begun, segment, ecn);
  update_or_remove(host.now, connection);
}

void TcpHandler::answer_stray_segment(HostContext& host, const ProbeReceived& probe,
                                      const ParsedDatagram& parsed, PortState port) {
  host.emit(probe);
  auto reply = answer_stray(host.personality(), host.stack(), *parsed.tcp(), port, host.now);
  if (!reply) return host.drop(DropReason::silent_personality);
  if (host.personality().quirks.resets_keep_service)
    reply->ip.type_of_service =
        static_cast<std::uint8_t>(parsed.ip.traffic_class & ~3);  // without ECN
  host.send(probe.flow, *reply);
}

void TcpHandler::on_service(HostContext& host, Connection& connection,
                            const ServiceMessage& message) {
  std::visit(overloaded{
                 [&](const ServiceOutput& said) { connection.on_output(host, said.bytes); },
                 [&](const InputConsumed& took) { connection.on_input_consumed(host, took.bytes); },
                 [&](const OutputEnded&) { connection.on_output_ended(host); },
                 [&](const ServiceFailed&) { connection.on_service_failed(host); },
             },
             message);
  update_or_remove(host.now, connection);
  shed_load(host);
}

void TcpHandler::shed_load(HostContext& host) {
  constexpr int tries = 4;
  for (int i = 0; i < tries && waiting_bytes_.to_send > limits_.send_bytes; ++i)
    if (Connection* const stalled = connections_.stalled(host.now)) {
      ++evictions_;
      stalled->evict(host);
      connections_.remove(*stalled);
      host.drop(DropReason::send_limit);
    }
}

std::vector<SessionId> TcpHandler::sessions_at(const AddressSet& addresses) const {
  std::vector<SessionId> sessions;
  connections_.visit_latest(connections(), [&](const Connection& connection, Instant) {
    if (addresses.contains(connection.flow().local.address))
      sessions.push_back(connection.session());
  });
  return sessions;
}

void TcpHandler::evict(HostContext& host, Connection& connection) {
  connection.evict(host);
  connections_.remove(connection);
}

void TcpHandler::on_time(HostContext& host, Connection& connection) {
  connection.on_time(host);
  update_or_remove(host.now, connection);
}

void TcpHandler::update_or_remove(Instant now, Connection& connection) {
  if (connection.is_closed())
    connections_.remove(connection);
  else
    connections_.touch(now, connection);
}

}  // namespace apiary
