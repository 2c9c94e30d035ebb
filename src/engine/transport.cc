#include "engine/transport.h"

#include <utility>

#include "host/icmp.h"
#include "host/ip_options.h"

namespace apiary {

Transport::Transport(const EngineSettings& settings, HostTable& hosts, Counters& counters)
    : hosts_(hosts),
      reassembly_(settings.limits, settings.table_key(), counters),
      tcp_(settings.limits, settings.table_key(), settings.shard, hosts.templates()),
      udp_(settings.limits, settings.table_key(), settings.shard, hosts.templates()) {}

void Transport::handle(HostContext& host, const ParsedDatagram& datagram, bool checksum_pending) {
  if (datagram.ip.is_fragment()) return add_fragment(host, datagram.ip, checksum_pending);
  dispatch(host, datagram, checksum_pending);
}

void Transport::add_fragment(HostContext& host, const IpDatagram& fragment, bool checksum_pending) {
  const FragmentPolicy policy = host.personality().quirks.fragments;
  if (policy == FragmentPolicy::refuse) return host.drop(DropReason::blocked);
  const SavedReplyRoute kept{host.way.exit, host.way.departs};
  if (auto whole = reassembly_.add(host.now, fragment, policy, kept)) {
    whole->hop_limit = fragment.hop_limit;
    dispatch(host, parse_transport(*whole), checksum_pending);
  }
}

void Transport::dispatch(HostContext& host, const ParsedDatagram& datagram, bool checksum_pending) {
  if (!datagram.ip.options.empty()) [[unlikely]] {
    const IpOptions options = read_ip_options(datagram.ip.options);
    if (options.wrong) return answer_bad_options(host, datagram.ip, *options.wrong);
    if (options.routes_by_source) return host.drop(DropReason::source_routed);
    if (host.personality().quirks.copies_ip_options) host.request_options = datagram.ip.options;
  }
  switch (static_cast<IpProtocol>(datagram.ip.protocol)) {
    case IpProtocol::icmp:
      return on_icmp(host, datagram);
    case IpProtocol::tcp:
      if (host.to_group) return host.drop(DropReason::link_broadcast);
      return tcp_.handle(host, datagram, checksum_pending);
    case IpProtocol::udp:
      return udp_.handle(host, datagram, checksum_pending);
  }
  answer_unknown_protocol(host, datagram.ip);
}

void Transport::on_icmp(HostContext& host, const ParsedDatagram& datagram) {
  const auto error = read_icmp_error(datagram);
  if (!error) return handle_icmp(host, datagram);
  if (error->about.is(IpProtocol::tcp)) return tcp_.on_icmp_error(host, *error);
  if (error->about.is(IpProtocol::udp)) return udp_.on_icmp_error(host, *error);
  host.drop(DropReason::unknown_icmp);
}

void Transport::on_service(Instant now, const ServiceMessage& message, Outbox& out) {
  const SessionId session = std::visit([](const auto& m) { return m.session; }, message);
  if (Connection* const connection = tcp_.find(session)) {
    HostContext host = context_of(now, *connection, out);
    return tcp_.on_service(host, *connection, message);
  }
  if (const auto [key, flow] = udp_.find(session); flow != nullptr) {
    HostContext host =
        hosts_.conversation_context(now, *key, flow->host_template.shared(), flow->way, out);
    udp_.on_service(host, *key, *flow, message);
  }
}

void Transport::leave_to_machine(Instant now, const AddressSet& addresses, Outbox& out) {
  for (const SessionId session : tcp_.sessions_at(addresses))
    if (Connection* const connection = tcp_.find(session)) {
      HostContext host = context_of(now, *connection, out);
      tcp_.evict(host, *connection);
    }
  tcp_.forget_half_open(addresses);
  udp_.evict(now, addresses, out);
}

ConversationList Transport::conversations(std::size_t limit) const {
  ConversationList list{tcp_.latest(limit), tcp_.conversations()};
  list.merge({udp_.latest(limit), udp_.flows()}, limit);
  return list;
}

void Transport::on_time(Instant now, Outbox& out) {
  while (Connection* const connection = tcp_.take_due(now)) {
    HostContext host = context_of(now, *connection, out);
    tcp_.on_time(host, *connection);
  }
  while (const auto due = tcp_.take_due_half_open(now)) {
    if (const auto host = tcp_.host_due_after(3)) hosts_.prefetch(*host);
    if (const auto host = tcp_.host_due_after(1)) hosts_.prefetch_state(*host);
    HostContext host =
        hosts_.conversation_context(now, due->connection.flow, due->host_template, due->way, out);
    tcp_.on_time(host, *due);
  }
  tcp_.on_time(now, out);
  udp_.on_time(now, out);
  while (const auto expired = reassembly_.take_expired(now)) report_expired(now, *expired, out);
}

void Transport::add_tables(std::vector<TableUse>& tables) const {
  tables.push_back(udp_.use());
  for (const TableUse& use : tcp_.uses()) tables.push_back(use);
}

/// The host reports to the sender of the first fragment that the others did not arrive in time (RFC
/// 1122 section 3.3.2).
void Transport::report_expired(Instant now, const Reassembly::Expired& expired, Outbox& out) {
  const IpDatagram& first = expired.first;
  const HostTemplatePtr* const host_template =
      hosts_.find(first.destination, first.source, first.protocol, now);
  if (host_template == nullptr || !(*host_template)->personality->quirks.reports_lapsed_fragments ||
      std::holds_alternative<Block>((*host_template)->icmp_default))
    return;
  const FlowKey flow{{first.source, {}}, {first.destination, {}}, IpProtocol::icmp};
  HostContext host = hosts_.conversation_context(now, flow, *host_template, expired.way, out);
  constexpr std::uint8_t in_reassembly = 1;
  send_icmp_error(host, first, {IcmpType::time_exceeded, in_reassembly});
}

}  // namespace apiary
