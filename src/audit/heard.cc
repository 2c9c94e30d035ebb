#include "audit/heard.h"

#include "wire/decode.h"
#include "wire/parsed_datagram.h"

namespace apiary {
namespace {

std::vector<std::uint8_t> option_kinds(Bytes options) {
  std::vector<std::uint8_t> kinds;
  for (std::size_t at = 0; at < options.size();) {
    kinds.push_back(options[at]);
    if (options[at] == tcp_option::end) break;
    if (options[at] == tcp_option::nop) {
      ++at;
      continue;
    }
    if (at + 1 >= options.size() || options[at + 1] < 2) break;
    at += options[at + 1];
  }
  return kinds;
}

std::optional<HeardQuote> read_quote(const IcmpMessage& message) {
  const auto quoted = message.is_error() ? read_quoted_ip(message.payload) : std::nullopt;
  if (!quoted) return {};
  HeardQuote quote{.destination = quoted->destination,
                   .protocol = quoted->protocol,
                   .ttl = quoted->hop_limit,
                   .bytes = message.payload.size()};
  const Bytes rest = quoted->payload;
  const std::size_t at = quoted->is(IpProtocol::icmp) ? 4 : 0;
  if (rest.size() >= at + 2) quote.tag = static_cast<std::uint16_t>(rest[at] << 8 | rest[at + 1]);
  return quote;
}

}  // namespace

bool HeardTcp::accepts() const { return has(tcp_flag::syn) && has(tcp_flag::ack); }
bool HeardTcp::refuses() const { return has(tcp_flag::rst); }
std::uint32_t HeardTcp::length() const {
  return static_cast<std::uint32_t>(payload.size()) + (has(tcp_flag::syn) ? 1U : 0U) +
         (has(tcp_flag::fin) ? 1U : 0U);
}

std::optional<Heard> hear(Instant at, Bytes frame, LinkLayer link_layer) {
  const auto decoded = decode_frame(frame, link_layer);
  if (!decoded) return {};
  Heard heard{.at = at, .sender = decoded->sender};
  if (const auto* arp = std::get_if<ArpMessage>(&decoded->content)) {
    heard.source = arp->sender_ip;
    heard.destination = arp->target_ip;
    heard.content = *arp;
    return heard;
  }
  const auto& datagram = std::get<IpDatagram>(decoded->content);
  heard.source = datagram.source;
  heard.destination = datagram.destination;
  heard.ttl = datagram.hop_limit;
  heard.traffic_class = datagram.traffic_class;
  heard.identification = datagram.identification;
  heard.dont_fragment = datagram.dont_fragment;
  heard.is_fragment = datagram.is_fragment();
  const ParsedDatagram parsed = parse_transport(datagram);
  if (const TcpSegment* tcp = parsed.tcp())
    heard.content = HeardTcp{.source = tcp->source_port,
                             .destination = tcp->destination_port,
                             .sequence = tcp->sequence,
                             .acknowledgment = tcp->acknowledgment,
                             .flags = tcp->flags,
                             .window = tcp->window,
                             .kinds = option_kinds(tcp->options),
                             .options = parse_tcp_options(tcp->options),
                             .payload = std::string(as_text(tcp->payload))};
  if (const UdpDatagram* udp = parsed.udp())
    heard.content =
        HeardUdp{udp->source_port, udp->destination_port, std::string(as_text(udp->payload))};
  if (const IcmpMessage* icmp = parsed.icmp())
    heard.content = HeardIcmp{.type = icmp->type,
                              .code = icmp->code,
                              .rest = icmp->rest,
                              .payload = std::string(as_text(icmp->payload)),
                              .quote = read_quote(*icmp)};
  return heard;
}

}  // namespace apiary
