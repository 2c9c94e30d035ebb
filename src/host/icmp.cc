#include "host/icmp.h"

#include <algorithm>
#include <array>

#include "host/ip_options.h"
#include "wire/checksum.h"

namespace apiary {

namespace {

/// Timestamp, information and address mask requests.
void answer_other_query(HostContext& host, const IpDatagram& datagram, const IcmpMessage& query) {
  if (std::holds_alternative<Block>(host.host_template->icmp_default))
    return host.drop(DropReason::blocked);
  const auto reply = answer_query(host.personality(), host.stack(), datagram, query, host.now);
  if (!reply) return host.drop(DropReason::unknown_icmp);
  IpDatagram header = host.header(reply->icmp.ip, datagram.source, IpProtocol::icmp);
  header.traffic_class = reply->icmp.type_of_service;
  host.send_icmp(header, {.type = static_cast<std::uint8_t>(reply->type),
                          .code = 0,
                          .rest = query.rest,
                          .payload = Bytes(reply->payload).first(reply->payload_size)});
}

}  // namespace

void handle_icmp(HostContext& host, const ParsedDatagram& parsed) {
  const IcmpMessage* const message = parsed.icmp();
  if (message == nullptr) return host.drop(DropReason::undecodable);
  const IpDatagram& datagram = parsed.ip;
  if (internet_checksum(datagram.payload) != 0) return host.drop(DropReason::bad_checksum);
  const bool is_echo = message->is(IcmpType::echo_request);
  ProbeReceived probe =
      host.probe(datagram, {{datagram.source, {}}, {datagram.destination, {}}, IpProtocol::icmp},
                 message->payload);
  probe.type = is_echo ? ProbeType::echo_request : ProbeType::icmp_query;
  probe.icmp_type = message->type;
  probe.icmp_code = message->code;
  host.emit(probe);
  if (!is_echo) return answer_other_query(host, datagram, *message);
  if (std::holds_alternative<Block>(host.host_template->icmp_default))
    return host.drop(DropReason::blocked);
  const auto shape = answer_echo(host.personality(), host.stack(), datagram, *message, host.now);
  if (!shape) return host.drop(DropReason::silent_personality);

  IpDatagram header = host.header(shape->ip, datagram.source, IpProtocol::icmp);
  header.traffic_class = shape->type_of_service;
  const IcmpMessage reply{.type = static_cast<std::uint8_t>(IcmpType::echo_reply),
                          .code = shape->code,
                          .rest = message->rest,
                          .payload = message->payload};
  if (datagram.options.empty()) return host.send_icmp(header, reply);
  const EchoedOptions options(datagram.options, host.personality().quirks.route_entries,
                              host.address, host.now);
  header.options = options.bytes();
  host.send_icmp(header, reply);
}

std::optional<ReceivedIcmpError> read_icmp_error(const ParsedDatagram& datagram) {
  const IcmpMessage* const message = datagram.icmp();
  if (message == nullptr || !message->is_error() || internet_checksum(datagram.ip.payload) != 0)
    return {};
  const auto about = read_quoted_ip(message->payload);
  if (!about || about->source != datagram.ip.destination || about->fragment_offset_bytes != 0)
    return {};
  return ReceivedIcmpError{*message, *about};
}

bool may_report(HostContext& host, const IpDatagram& offending, IcmpType type) {
  if (host.to_group) {  // RFC 1122 section 3.2.2
    host.drop(DropReason::link_broadcast);
    return false;
  }
  const auto is_error = [&] {
    const auto icmp = parse_icmp(offending.payload);
    return icmp && icmp->is_error();
  };
  if (offending.fragment_offset_bytes != 0 || (offending.is(IpProtocol::icmp) && is_error())) {
    host.drop(DropReason::error_about_error);
    return false;
  }
  if (!host.icmp_allowance.take(host.now, host.personality(), host.address, offending.source, type,
                                host.state.icmp_errors)) {
    host.drop(DropReason::icmp_rate_limit);
    return false;
  }
  return true;
}

void emit_icmp_error(HostContext& host, const IpDatagram& offending, IcmpType type,
                     std::uint8_t code, const IcmpErrorShape& shape) {
  std::array<std::uint8_t, 1472> quote;
  const auto quoted = std::span(quote).first(std::min(shape.quoted_bytes, quote.size()));
  quote_datagram(host.personality(), offending, quoted);
  IpDatagram header = host.header(shape.icmp.ip, offending.source, IpProtocol::icmp);
  header.traffic_class = shape.icmp.type_of_service;
  std::optional<EchoedOptions> options;
  if (!offending.options.empty() && host.personality().quirks.copies_ip_options) {
    options.emplace(offending.options, host.personality().quirks.route_entries, host.address,
                    host.now);
    header.options = options->bytes();
  }
  host.send_icmp(header, {.type = static_cast<std::uint8_t>(type),
                          .code = code,
                          .rest = shape.unused,
                          .payload = quoted});
}

void send_icmp_error(HostContext& host, const IpDatagram& offending, const IcmpErrorKind& report) {
  if (!may_report(host, offending, report.type)) return;
  IcmpErrorShape shape = shape_icmp_error(host.personality(), host.stack(), offending, host.now);
  if (report.next_mtu_bytes != 0) shape.unused = report.next_mtu_bytes;
  if (report.wrong_byte != 0) shape.unused = std::uint32_t{report.wrong_byte} << 24;
  emit_icmp_error(host, offending, report.type, report.code, shape);
}

void answer_bad_options(HostContext& host, const IpDatagram& datagram, std::size_t offset) {
  host.drop(DropReason::source_routed);
  if (!host.personality().quirks.reports_bad_options ||
      std::holds_alternative<Block>(host.host_template->icmp_default))
    return;
  const std::size_t at = min_ip_header_bytes(IpVersion::v4) + offset;
  send_icmp_error(
      host, datagram,
      {.type = IcmpType::parameter_problem, .wrong_byte = static_cast<std::uint8_t>(at)});
}

void answer_unknown_protocol(HostContext& host, const IpDatagram& datagram) {
  host.drop(DropReason::unknown_protocol);
  constexpr std::uint8_t igmp = 2;  // all systems implement it, and ignore it in unicast
  const Personality& personality = host.personality();
  if (datagram.protocol == igmp || !personality.icmp_error.answers ||
      !personality.quirks.reports_unknown_protocols ||
      std::holds_alternative<Block>(host.host_template->icmp_default))
    return;
  send_icmp_error(host, datagram,
                  {.type = IcmpType::destination_unreachable, .code = icmp_unreachable::protocol});
}

}  // namespace apiary
