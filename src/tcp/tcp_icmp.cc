// What ICMP errors do to connections (RFC 9293 section 3.9.2.2, RFC 5927).
#include "tcp/tcp.h"

namespace apiary {
namespace {

/// Whether the error says that no packet gets to the destination, for which systems give up an
/// active open: as Linux does, any unreachable and time exceeded.
bool reports_no_way(const IcmpMessage& message) {
  return (message.is(IcmpType::destination_unreachable) &&
          message.code != icmp_unreachable::fragmentation_needed) ||
         message.is(IcmpType::time_exceeded);
}

/// Whether the error ends a half-open connection: refusals, as RFC 9293 section 3.9.2.2 says, or,
/// in Linux (tcp_req_err), what says that no packet arrives.
bool ends_half_open(const IcmpMessage& message, const TcpQuirks& quirks) {
  const bool is_unreachable = message.is(IcmpType::destination_unreachable);
  if (quirks.half_open_ends_unreachable)
    return (is_unreachable && (message.code == icmp_unreachable::network ||
                               message.code == icmp_unreachable::host)) ||
           message.is(IcmpType::time_exceeded) || message.is(IcmpType::parameter_problem);
  return is_unreachable &&
         (message.code == icmp_unreachable::protocol || message.code == icmp_unreachable::port);
}

}  // namespace

void TcpHandler::on_icmp_error(HostContext& host, const ReceivedIcmpError& report) {
  const Bytes quoted = report.about.payload;
  if (quoted.size() < 8) return host.drop(DropReason::unknown_icmp);
  const auto ports = wire::read<wire::QuotedTcpHeader>(quoted);
  const FlowKey flow{{report.about.destination, Port{ports.destination_port}},
                     {report.about.source, Port{ports.source_port}},
                     IpProtocol::tcp};
  const std::uint32_t slot = half_open_.find(flow);
  std::unique_ptr<Connection> completed;
  if (slot != HalfOpenTable::none) {
    HostContext as_begun = host.by(half_open_.host_template(slot));
    completed = complete(as_begun, half_open_.at(slot));
  }
  Connection* const connection = completed ? completed.get() : connections_.find(flow);
  if (connection == nullptr || !connection->is_in_flight({ports.sequence}))
    return host.drop(DropReason::unknown_icmp);
  const std::uint8_t code = report.message.code;
  const TcpQuirks& quirks = connection->host_template()->personality->quirks.tcp;
  const bool refuses_visitor =
      connection->state() == TcpState::syn_received && ends_half_open(report.message, quirks);
  const bool refuses_host =
      connection->state() == TcpState::syn_sent && ends_half_open(report.message, TcpQuirks{});
  if (refuses_visitor || refuses_host)
    connection->on_refusal(host);
  else if (connection->state() == TcpState::syn_sent && reports_no_way(report.message))
    connection->on_unreachable(host);
  else if (report.message.is(IcmpType::destination_unreachable) &&
           code == icmp_unreachable::fragmentation_needed)
    connection->on_fragmentation_needed(host,
                                        static_cast<std::uint16_t>(report.message.rest & 0xffff));
  if (completed)
    keep_if_changed(host.now, slot, std::move(completed));
  else
    update_or_remove(host.now, *connection);
}

}  // namespace apiary
