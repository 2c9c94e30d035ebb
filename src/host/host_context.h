#pragma once

#include "honeynet/honeynet.h"
#include "host/amplification_limiter.h"
#include "host/host_state.h"
#include "host/icmp_rate_limiter.h"
#include "host/ip_options.h"
#include "host/limits.h"
#include "host/outbox.h"
#include "host/packet_sender.h"
#include "host/visitor_systems.h"
#include "personality/reply.h"
#include "telemetry/counters.h"

namespace apiary {

/// Everything that a handler may use while it answers for one host in one turn.
struct HostContext {
  Instant now;
  IpAddress address;                     // the host's own
  const HostTemplatePtr& host_template;  // its type of machine
  HostState& state;
  ReplyRoute way;  // to the visitor
  const Limits& limits;
  PacketSender& outlet;
  Outbox& out;
  Counters& counters;
  IcmpRateLimiter& icmp_allowance;
  AmplificationBudget& account;  // of the visitor
  const VisitorSystems& systems;
  const ListeningPorts& listening;  // ports of subsystems
  bool to_group = false;            // the frame was broadcast or multicast
  Bytes request_options{};          // of IP; not empty if replies of the system copy them

  /// The context of the same host for a conversation that started with another template.
  HostContext by(const HostTemplatePtr& begun_with) const {
    return {.now = now,
            .address = address,
            .host_template = begun_with,
            .state = state,
            .way = way,
            .limits = limits,
            .outlet = outlet,
            .out = out,
            .counters = counters,
            .icmp_allowance = icmp_allowance,
            .account = account,
            .systems = systems,
            .listening = listening,
            .to_group = to_group,
            .request_options = request_options};
  }

  /// The action of a port.
  const PortAction& action(IpProtocol protocol, Port port) const {
    return host_template->action(protocol, port, listening);
  }
  const Personality& personality() const { return *host_template->personality; }
  StackState& stack() const { return state.stack; }

  /// Whether no router is between the host and the interface that leads to the visitor.
  bool is_on_link() const { return way.path == nullptr || way.path->hops.empty(); }
  void drop(DropReason reason) const { counters.count(reason); }
  template <class Event>
  void emit(Event&& event) const {
    out.events.emplace_back(std::forward<Event>(event));
  }
  /// The event about a datagram that belongs to no conversation, with the values of its IP header.
  ProbeReceived probe(const IpDatagram& datagram, const FlowKey& flow, Bytes payload) const {
    const std::size_t size = ip_header_size_bytes(datagram) + datagram.payload.size();
    const VisitorSystems::Visitor visitor = systems.known(flow.remote.address, now);
    return {
        .at = now,
        .flow = flow,
        .size_bytes = static_cast<std::uint16_t>(size),
        .payload = out.bytes.copy(payload.first(std::min(payload.size(), max_event_payload_bytes))),
        .visitor_system = visitor.system,
        .visitor_syn = visitor.syn};
  }
  void ask(ServiceCommand command) const { out.services.push_back(std::move(command)); }

  /// Whether `bytes` may go to an unvalidated peer. Takes them from its budget, or counts the drop.
  bool may_send_segment(std::size_t bytes) const {
    const bool may = account.take_segment(now, bytes, limits);
    if (!may) drop(DropReason::would_amplify);
    return may;
  }
  /// Sends the visitor an ICMP message, if its budget suffices.
  void send_icmp(const IpDatagram& header, const IcmpMessage& message) const {
    if (account.take_datagram(now, ip_header_size_bytes(header) + icmp_size_bytes(message), limits))
      outlet.send_icmp(way, header, message);
    else
      drop(DropReason::would_amplify);
  }

  /// The header of a datagram of this host to `to`. The template can replace source and
  /// destination.
  IpDatagram header(const IpHeaderTraits& shape, const IpAddress& to, IpProtocol protocol) const {
    return {.source = host_template->answers_from.value_or(address),
            .destination = host_template->answers_to.value_or(to),
            .protocol = static_cast<std::uint8_t>(protocol),
            .hop_limit = shape.ttl,
            .traffic_class = shape.type_of_service,
            .identification = shape.identification,
            .dont_fragment = shape.dont_fragment};
  }

  /// Sends the visitor of `flow`, an unvalidated peer, a segment that the personality made.
  void send(const FlowKey& flow, const TcpReply& reply) const {
    const TcpSegment segment = reply.segment(flow.local.port, flow.remote.port);
    IpDatagram ip = header(reply.ip, flow.remote.address, IpProtocol::tcp);
    std::optional<EchoedOptions> copied;
    if (!request_options.empty()) [[unlikely]] {
      copied.emplace(request_options, personality().quirks.route_entries, address, now);
      ip.options = copied->bytes();
    }
    if (may_send_segment(ip_header_size_bytes(ip) + tcp_size_bytes(segment)))
      outlet.send_tcp(way, ip, segment);
  }
};

}  // namespace apiary
