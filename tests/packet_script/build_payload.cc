#include "build_payload.h"

#include "base/overloaded.h"
#include "build_packet.h"
#include "build_tcp_options.h"
#include "parse_packet.h"
#include "scanner.h"
#include "wire/checksum.h"
#include "wire/icmp.h"
#include "wire/ip.h"
#include "wire/tcp.h"
#include "wire/udp.h"

namespace apiary::script {
namespace {

using Built = tl::expected<Payload, std::string>;

Payload payload_of(IpProtocol protocol, std::size_t size) {
  return {static_cast<std::uint8_t>(protocol), std::vector<std::uint8_t>(size)};
}

/// The position of the payload of `tcp` in the visitor's stream.
std::size_t stream_offset(const TcpPattern& tcp, const Flow* flow) {
  if ((tcp.flags & tcp_flag::syn) != 0 || flow == nullptr || !flow->visitor_isn) return 0;
  return tcp.sequence - flow->visitor_isn->value - 1;
}

Built build_tcp(const TcpPattern& tcp, const PacketPattern::Ends& ends, Flow* flow) {
  const std::string text = tcp.text ? *tcp.text : alphabet(stream_offset(tcp, flow), tcp.length);
  const SeqNumber our_base = flow == nullptr ? SeqNumber{} : flow->our_base();
  // Our segment, as an ICMP error quotes it.
  const bool is_quoted = flow != nullptr && ends.source == flow->named.key.local;
  const auto options = build_tcp_options(tcp.options, flow);
  if (!options) return tl::unexpected(options.error());
  const TcpSegment segment{
      .source_port = ends.source.port,
      .destination_port = ends.destination.port,
      .sequence = is_quoted ? our_base + tcp.sequence : SeqNumber{tcp.sequence},
      .acknowledgment = !tcp.acknowledgment ? SeqNumber{}
                        : is_quoted         ? SeqNumber{*tcp.acknowledgment}
                                            : our_base + *tcp.acknowledgment,
      .flags = tcp.flags,
      .reserved = tcp.reserved,
      .window = tcp.window.value_or(65535),
      .urgent_pointer = tcp.urgent_pointer.value_or(0),
      .options = *options,
      .payload = as_bytes(text),
  };
  if (flow != nullptr && !is_quoted) flow->note_injected(segment);
  Payload payload = payload_of(IpProtocol::tcp, tcp_size_bytes(segment));
  emit_tcp(segment, ends.source.address, ends.destination.address, payload.bytes);
  return payload;
}

Built build_udp(const UdpPattern& udp, const PacketPattern::Ends& ends) {
  const std::string text = udp.text ? *udp.text : alphabet(0, udp.length);
  const UdpDatagram datagram{ends.source.port, ends.destination.port, true, as_bytes(text)};
  Payload payload = payload_of(IpProtocol::udp, udp_size_bytes(datagram));
  emit_udp(datagram, ends.source.address, ends.destination.address, payload.bytes);
  if (udp.no_checksum) payload.bytes[6] = payload.bytes[7] = 0;
  return payload;
}

/// The datagram that an injected ICMP error quotes: its header and the eight bytes after it.
tl::expected<Frame, std::string> build_quote(const std::string& quote, Flow* flow) {
  Scanner scanner(quote);
  const PacketPattern pattern = parse_packet(scanner);
  if (!scanner.ok()) return tl::unexpected("in the quotation: expected " + scanner.error());
  auto frames = build_frames(pattern, flow, LinkLayer::raw_ip);
  if (!frames) return tl::unexpected(frames.error());
  Frame whole = frames->front();
  whole.resize(std::min<std::size_t>(whole.size(), min_ip_header_bytes(IpVersion::v4) + 8));
  return whole;
}

Built build_icmp(const IcmpPattern& icmp, Flow* flow) {
  const std::string text = alphabet(0, icmp.length);
  Frame content(text.begin(), text.end());
  if (icmp.quote) {
    auto quote = build_quote(*icmp.quote, flow);
    if (!quote) return tl::unexpected(quote.error());
    content = *quote;
  }
  const IcmpMessage message{icmp.type, icmp.code, icmp.rest.value_or(0), content};
  Payload payload = payload_of(IpProtocol::icmp, icmp_size_bytes(message));
  emit_icmp(message, payload.bytes);
  return payload;
}

/// The offset of a payload's checksum.
std::size_t checksum_offset(std::uint8_t protocol) {
  switch (static_cast<IpProtocol>(protocol)) {
    case IpProtocol::tcp:
      return 16;
    case IpProtocol::udp:
      return 6;
    case IpProtocol::icmp:
      return 2;
  }
  return 0;
}

}  // namespace

Built build_payload(const PacketPattern& pattern, const PacketPattern::Ends& ends, Flow* flow) {
  Built payload = std::visit(
      overloaded{
          [&](const TcpPattern& tcp) { return build_tcp(tcp, ends, flow); },
          [&](const UdpPattern& udp) { return build_udp(udp, ends); },
          [&](const IcmpPattern& icmp) { return build_icmp(icmp, flow); },
          [](const OtherPattern& other) -> Built {
            return Payload{other.protocol, std::vector<std::uint8_t>(other.length)};
          },
          [](const auto&) -> Built { return tl::unexpected(std::string("it is not IP")); },
      },
      pattern.content);
  if (payload && pattern.bad_checksum) {
    const std::size_t at = checksum_offset(payload->protocol);
    if (at + 1 < payload->bytes.size()) payload->bytes[at + 1] ^= 0x55;
  }
  return payload;
}

}  // namespace apiary::script
