#include "wire/describe.h"

#include <fmt/format.h>

#include "base/overloaded.h"
#include "wire/checksum.h"
#include "wire/decode.h"
#include "wire/describe_quote.h"
#include "wire/udp.h"

namespace apiary {
namespace {

std::string describe_undecodable(Bytes bytes, DecodeError error) {
  const std::size_t shown = std::min<std::size_t>(bytes.size(), 32);
  return fmt::format("undecodable: {} ({}) {:02x}{}", to_string(error), bytes.size(),
                     fmt::join(bytes.first(shown), " "), shown < bytes.size() ? " ..." : "");
}

std::string protocol_text(std::uint8_t protocol) {
  switch (const auto known = static_cast<IpProtocol>(protocol)) {
    case IpProtocol::icmp:
    case IpProtocol::tcp:
    case IpProtocol::udp:
      return std::string(name_of(known));
  }
  return fmt::format("ip-proto-{}", protocol);
}

std::string between(const IpDatagram& datagram, Port source, Port destination,
                    const DescribeOptions& options) {
  return fmt::format("{} > {}: {}", to_string(Endpoint{datagram.source, source}),
                     to_string(Endpoint{datagram.destination, destination}),
                     options.ip_attributes ? describe_ip_attributes(datagram) + " " : "");
}

std::string between(const IpDatagram& datagram, const DescribeOptions& options) {
  return fmt::format("{} > {}: {}", to_string(datagram.source), to_string(datagram.destination),
                     options.ip_attributes ? describe_ip_attributes(datagram) + " " : "");
}

std::string_view checksum_remark(const IpDatagram& datagram, IpProtocol protocol, Bytes covered,
                                 const DescribeOptions& options) {
  const bool good =
      !options.check_checksums ||
      transport_checksum(datagram.source, datagram.destination, protocol, covered) == 0;
  return good ? "" : " bad checksum";
}

std::string describe_tcp(const IpDatagram& datagram, const DescribeOptions& options) {
  const auto segment = parse_tcp(datagram.payload);
  if (!segment)
    return between(datagram, options) + "tcp " +
           describe_undecodable(datagram.payload, segment.error());
  return between(datagram, segment->source_port, segment->destination_port, options) +
         describe(*segment, options)
             .append(checksum_remark(datagram, IpProtocol::tcp, datagram.payload, options));
}

std::string describe_udp(const IpDatagram& datagram, const DescribeOptions& options) {
  const auto udp = parse_udp(datagram.payload);
  if (!udp)
    return between(datagram, options) + "udp " +
           describe_undecodable(datagram.payload, udp.error());
  const Bytes covered = datagram.payload.first(udp_size_bytes(*udp));
  return fmt::format(
      "{}udp ({}){}", between(datagram, udp->source_port, udp->destination_port, options),
      udp->payload.size(),
      udp->has_checksum ? checksum_remark(datagram, IpProtocol::udp, covered, options)
                        : " no checksum");
}

std::string describe_icmp(const IpDatagram& datagram, const DescribeOptions& options) {
  const auto message = parse_icmp(datagram.payload);
  if (!message)
    return between(datagram, options) + "icmp " +
           describe_undecodable(datagram.payload, message.error());
  return between(datagram, options) + "icmp " +
         describe(*message).append(
             checksum_remark(datagram, IpProtocol::icmp, datagram.payload, options));
}

}  // namespace

std::string describe(const IpDatagram& datagram, const DescribeOptions& options) {
  if (datagram.is_fragment())
    return fmt::format("{}{} fragment {}@{}{}", between(datagram, options),
                       protocol_text(datagram.protocol), datagram.payload.size(),
                       datagram.fragment_offset_bytes, datagram.more_fragments ? "+" : "");
  switch (static_cast<IpProtocol>(datagram.protocol)) {
    case IpProtocol::icmp:
      return describe_icmp(datagram, options);
    case IpProtocol::tcp:
      return describe_tcp(datagram, options);
    case IpProtocol::udp:
      return describe_udp(datagram, options);
  }
  return fmt::format("{}{} ({})", between(datagram, options), protocol_text(datagram.protocol),
                     datagram.payload.size());
}

std::string describe(const ArpMessage& message) {
  if (message.operation == ArpOperation::request)
    return fmt::format("arp who-has {} tell {}", to_string(message.target_ip),
                       to_string(message.sender_ip));
  if (message.operation != ArpOperation::reply)
    return fmt::format("arp op {} about {}", static_cast<unsigned>(message.operation),
                       to_string(message.target_ip));
  return fmt::format("arp reply {} is-at {}", to_string(message.sender_ip),
                     to_string(message.sender_mac));
}

std::string describe_frame(Bytes frame, LinkLayer link_layer, const DescribeOptions& options) {
  const auto decoded = decode_frame(frame, link_layer);
  if (!decoded) return describe_undecodable(frame, decoded.error());
  return std::visit(
      overloaded{[](const ArpMessage& arp) { return describe(arp); },
                 [&](const IpDatagram& datagram) { return describe(datagram, options); }},
      decoded->content);
}

}  // namespace apiary
