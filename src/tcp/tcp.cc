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

/// Lowers the MSS that a host on the link offers, if the link's MTU is below Ethernet's. Otherwise
/// keeps the fingerprint's value, even a larger one, since nmap observed it.
void fit_mss_to_link(TcpOptionBytes& options, const HostContext& host) {
  constexpr std::size_t ethernet_mtu_bytes = 1500, ip_and_tcp_bytes = 40;
  constexpr std::size_t least = 88;  // Linux' minimum (tcp_min_snd_mss and headers)
  const std::size_t mtu = host.outlet.interface(host.way.exit.interface).mtu_bytes;
  if (!host.is_on_link() || mtu >= ethernet_mtu_bytes) return;
  options.lower_mss(
      static_cast<std::uint16_t>(std::max(mtu, least + ip_and_tcp_bytes) - ip_and_tcp_bytes));
}

/// Whether `segment` is a SYN that begins another connection between the endpoints of `one`.
bool begins_again(const HalfOpen& one, const TcpSegment& segment) {
  return segment.has(tcp_flag::syn) && !segment.has(tcp_flag::ack | tcp_flag::rst) &&
         segment.sequence != one.visitor_isn;
}

/// The half-open connection that `syn` begins; nothing if a HalfOpen cannot describe it.
std::optional<HalfOpen> half_open_by(const HostContext& host, const FlowKey& flow,
                                     const TcpSegment& syn, const SynAck& syn_ack) {
  if (!syn_ack.summary) return std::nullopt;
  const auto timestamps = parse_tcp_options(syn.options).timestamps;
  return HalfOpen{.flow = flow,
                  .visitor_isn = syn.sequence,
                  .isn = syn_ack.reply.sequence,
                  .syn = *syn_ack.summary,
                  .visitor_timestamp = timestamps ? timestamps->value : 0,
                  .timestamp_offset = syn_ack.negotiated.timestamp_offset,
                  .visitor_system = host.systems.of(flow.remote.address, host.now),
                  .sent = host.now};
}

}  // namespace

const HostTemplatePtr* TcpHandler::template_of_conversation(const ParsedDatagram& datagram) {
  const TcpSegment* const segment = datagram.tcp();
  if (segment == nullptr) return nullptr;
  const FlowKey flow = flow_of(datagram.ip, *segment);
  if (const std::uint32_t slot = half_open_.find(flow); slot != HalfOpenTable::none)
    return begins_again(half_open_.at(slot), *segment) ? nullptr : &half_open_.host_template(slot);
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
    if (!begins_again(half_open_.at(slot), *segment))
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
  const ProbeReceived probe = probe_of(host, datagram, *segment);
  if (std::holds_alternative<Block>(action)) {
    host.emit(probe);
    return host.drop(DropReason::blocked);
  }
  if (std::holds_alternative<Reset>(action))
    return answer_stray_segment(host, probe, *segment, PortState::closed);
  if (!segment->is_connection_request())
    return answer_stray_segment(host, probe, *segment, PortState::open);
  if (std::holds_alternative<TarpitAction>(action)) return tarpit_.open(host, probe, *segment);
  open(host, probe, action, *segment);
}

void TcpHandler::on_icmp_error(HostContext& host, const ReceivedIcmpError& report) {
  const Bytes quoted = report.about.payload;
  if (quoted.size() < 8) return host.drop(DropReason::unknown_icmp);
  const auto ports = wire::read<wire::QuotedTcpHeader>(quoted);
  const FlowKey flow{{report.about.destination, Port{ports.destination_port}},
                     {report.about.source, Port{ports.source_port}},
                     IpProtocol::tcp};
  const std::uint32_t slot = half_open_.find(flow);
  std::unique_ptr<Connection> completed;
  if (slot != HalfOpenTable::none) completed = complete(host, half_open_.at(slot));
  Connection* const connection = completed ? completed.get() : connections_.find(flow);
  if (connection == nullptr || !connection->is_in_flight({ports.sequence}))
    return host.drop(DropReason::unknown_icmp);
  const std::uint8_t code = report.message.code;
  if (report.message.is(IcmpType::destination_unreachable) &&
      (code == icmp_unreachable::protocol || code == icmp_unreachable::port))
    connection->on_refusal(host);
  else if (report.message.is(IcmpType::destination_unreachable) &&
           code == icmp_unreachable::fragmentation_needed)
    connection->on_fragmentation_needed(host,
                                        static_cast<std::uint16_t>(report.message.rest & 0xffff));
  if (completed)
    settle(host.now, slot, std::move(completed));
  else
    update_or_remove(host.now, *connection);
}

void TcpHandler::on_connection(HostContext& host, Connection& connection, const TcpSegment& segment,
                               Ecn ecn) {
  // A connection keeps the template that it began with.
  HostContext as_begun = host.by(connection.host_template());
  connection.on_segment(as_begun, segment, ecn);
  update_or_remove(host.now, connection);
}

void TcpHandler::open(HostContext& host, ProbeReceived probe, const PortAction& action,
                      const TcpSegment& syn) {
  auto syn_ack = answer_syn(host.personality(), host.stack(), syn, host.now);
  if (!syn_ack || (syn_ack->reply.flags & tcp_flag::syn) == 0) {
    host.emit(probe);
    if (!syn_ack) return host.drop(DropReason::silent_personality);
    return host.send(probe.flow, syn_ack->reply);  // some systems refuse some requests
  }
  fit_mss_to_link(syn_ack->reply.options, host);
  probe.type = ProbeType::handshake_begun;
  host.emit(probe);
  // The first SYN/ACK is sent as it is: the personality drew its IP ID with the answer.
  host.send(probe.flow, syn_ack->reply);
  while (half_open() >= limits_.half_open_connections && half_open_.size() > 0) {
    half_open_.remove(half_open_.oldest());
    ++half_open_evictions_;
    host.drop(DropReason::connection_limit);
  }
  const auto one = half_open_by(host, probe.flow, syn, *syn_ack);
  if (one && half_open_.add(*one, host.host_template, host.way.exit)) return;
  make_room(host);
  const auto timestamps = parse_tcp_options(syn.options).timestamps;
  connections_.add(host.now,
                   std::make_unique<Connection>(
                       host, connections_.next_session(),
                       ConnectionStart{
                           .flow = probe.flow,
                           .host_template = templates_.pin(host.host_template),
                           .service = std::get_if<std::shared_ptr<const ServiceSpec>>(&action),
                           .visitor_isn = syn.sequence,
                           .isn = syn_ack->reply.sequence,
                           .visitor_timestamp = timestamps ? timestamps->value : 0,
                           .offers_ecn = syn.has(tcp_flag::ece) && syn.has(tcp_flag::cwr),
                           .syn_ack = *syn_ack,
                           .visitor_system = probe.visitor_system,
                           .sent = host.now,
                       },
                       waiting_bytes_));
}

void TcpHandler::make_room(HostContext& host) {
  while (Connection* const victim = connections_.victim()) {
    ++(victim->state() == TcpState::syn_received ? half_open_evictions_ : evictions_);
    victim->evict(host);
    connections_.remove(*victim);
    host.drop(DropReason::connection_limit);
  }
}

std::unique_ptr<Connection> TcpHandler::complete(HostContext& host, const HalfOpen& one) {
  SynAck syn_ack = repeat_syn_ack(host.personality(), host.stack(), one.syn, one.visitor_timestamp,
                                  one.timestamp_offset, host.now);
  fit_mss_to_link(syn_ack.reply.options, host);
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

void TcpHandler::settle(Instant now, std::uint32_t slot, std::unique_ptr<Connection> connection) {
  if (connection->is_as_begun()) return;
  half_open_.remove(slot);
  if (connection->is_closed()) return;
  connections_.add(now, std::move(connection));
}

void TcpHandler::on_half_open(HostContext& host, std::uint32_t slot, const TcpSegment& segment,
                              Ecn ecn) {
  HostContext as_begun = host.by(half_open_.host_template(slot));
  make_room(as_begun);
  auto connection = complete(as_begun, half_open_.at(slot));
  if (segment.has(tcp_flag::syn)) half_open_.count_syn(slot);
  connection->on_segment(as_begun, segment, ecn);
  settle(host.now, slot, std::move(connection));
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
  HalfOpen before = due.connection;
  --before.retransmissions;
  before.sent = host.now - syn_ack_wait(rule, before.retransmissions);
  auto connection = complete(host, before);
  connection->on_time(host);
  settle(host.now, due.slot, std::move(connection));
}

void TcpHandler::answer_stray_segment(HostContext& host, const ProbeReceived& probe,
                                      const TcpSegment& segment, PortState port) {
  host.emit(probe);
  const auto reply = answer_stray(host.personality(), host.stack(), segment, port, host.now);
  if (!reply) return host.drop(DropReason::silent_personality);
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
