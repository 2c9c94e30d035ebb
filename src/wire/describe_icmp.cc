#include <fmt/format.h>

#include "wire/checksum.h"
#include "wire/describe.h"
#include "wire/describe_quote.h"
#include "wire/udp.h"

namespace apiary {
namespace {

std::string type_name(std::uint8_t type) {
  switch (static_cast<IcmpType>(type)) {
    case IcmpType::echo_reply:
      return "echo_reply";
    case IcmpType::destination_unreachable:
      return "destination_unreachable";
    case IcmpType::source_quench:
      return "source_quench";
    case IcmpType::redirect:
      return "redirect";
    case IcmpType::echo_request:
      return "echo_request";
    case IcmpType::time_exceeded:
      return "time_exceeded";
    case IcmpType::parameter_problem:
      return "parameter_problem";
    case IcmpType::timestamp_request:
    case IcmpType::timestamp_reply:
    case IcmpType::information_request:
    case IcmpType::information_reply:
    case IcmpType::mask_request:
    case IcmpType::mask_reply:
      break;  // shown as numbers: these types are rare
  }
  return fmt::format("type {}", type);
}

std::string code_name(const IcmpMessage& message) {
  if (message.is(IcmpType::destination_unreachable)) {
    switch (message.code) {
      case icmp_unreachable::network:
        return " network";
      case icmp_unreachable::host:
        return " host";
      case icmp_unreachable::protocol:
        return " protocol";
      case icmp_unreachable::port:
        return " port";
      default:
        break;
    }
  }
  return message.code == 0 ? "" : fmt::format(" code {}", message.code);
}

/// A quoted transport header, perhaps only its first eight bytes. Empty if it is shorter or of
/// another protocol.
std::string describe_quoted_transport(const IpDatagram& quoted, std::size_t payload_size) {
  if (quoted.payload.size() < 8) return {};
  const auto ports = wire::read<wire::UdpHeader>(quoted.payload);
  const std::string between =
      fmt::format("{} > {}: {} ", to_string(Endpoint{quoted.source, Port{ports.source_port}}),
                  to_string(Endpoint{quoted.destination, Port{ports.destination_port}}),
                  describe_ip_attributes(quoted));
  switch (static_cast<IpProtocol>(quoted.protocol)) {
    case IpProtocol::udp:
      return between + fmt::format("udp ({})", payload_size - sizeof(wire::UdpHeader));
    case IpProtocol::tcp: {
      if (const auto segment = parse_tcp(quoted.payload)) return between + describe(*segment);
      const auto sequence = wire::read<BigEndian<std::uint32_t>>(quoted.payload.subspan(4));
      return between + fmt::format("tcp seq {}", std::uint32_t{sequence});
    }
    case IpProtocol::icmp:
      if (const auto message = parse_icmp(quoted.payload); message && !message->is_error())
        return fmt::format("{} > {}: {} icmp {}", to_string(quoted.source),
                           to_string(quoted.destination), describe_ip_attributes(quoted),
                           describe(*message));
  }
  return {};
}

}  // namespace

std::string describe_ip_attributes(const IpDatagram& datagram) {
  std::string text = fmt::format("(ttl {}, id {}", datagram.hop_limit, datagram.identification);
  if (datagram.dont_fragment) text += ", DF";
  if (datagram.reserved_flag) text += ", reserved";
  if (datagram.traffic_class != 0) text += fmt::format(", tos {}", datagram.traffic_class);
  if (!datagram.options.empty()) text += fmt::format(", options {}", datagram.options.size());
  return text + ")";
}

std::string describe_quote(Bytes quote) {
  const auto read = read_quoted_ip(quote);
  if (!read) return fmt::format("({})", quote.size());
  const IpDatagram& quoted = *read;
  if (!quoted.is_fragment())
    if (std::string transport = describe_quoted_transport(quoted, quoted.payload.size());
        !transport.empty())
      return transport;
  return fmt::format("{} > {}: {} ip-proto-{} ({})", to_string(quoted.source),
                     to_string(quoted.destination), describe_ip_attributes(quoted), quoted.protocol,
                     quoted.payload.size());
}

std::string describe(const IcmpMessage& message) {
  std::string text = type_name(message.type) + code_name(message);
  if (message.is(IcmpType::echo_request) || message.is(IcmpType::echo_reply))
    return text + fmt::format(" id {} seq {} ({})", message.rest >> 16, message.rest & 0xffff,
                              message.payload.size());
  if (message.rest != 0) text += fmt::format(" rest {}", message.rest);
  if (message.is_error()) return text + fmt::format(" [{}]", describe_quote(message.payload));
  return text + fmt::format(" ({})", message.payload.size());
}

}  // namespace apiary
