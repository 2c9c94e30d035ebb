#include "match_payload.h"

#include <fmt/format.h>

#include "base/overloaded.h"
#include "match_tcp.h"
#include "wire/checksum.h"
#include "wire/describe_quote.h"
#include "wire/icmp.h"
#include "wire/udp.h"

namespace apiary::script {
namespace {

using Mismatch = std::optional<std::string>;

Mismatch mismatch_udp(const UdpPattern& expected, const PacketPattern::Ends& ends,
                      const IpDatagram& actual) {
  const auto udp = parse_udp(actual.payload);
  if (!udp) return fmt::format("it cannot be read: {}", to_string(udp.error()));
  if (udp->source_port != ends.source.port || udp->destination_port != ends.destination.port)
    return "its ports differ";
  if (udp->payload.size() != expected.length) return "its length differs";
  if (expected.text && as_text(udp->payload) != *expected.text)
    return fmt::format("it says \"{}\"", as_text(udp->payload));
  return {};
}

Mismatch mismatch_icmp(const IcmpPattern& expected, const IpDatagram& actual) {
  const auto icmp = parse_icmp(actual.payload);
  if (!icmp) return fmt::format("it cannot be read: {}", to_string(icmp.error()));
  if (icmp->type != expected.type || icmp->code != expected.code) return "its type or code differs";
  if (expected.rest && icmp->rest != *expected.rest)
    return "its identifier or sequence number differs";
  if (icmp->is_error()) {
    if (expected.quote && !fits(describe_quote(icmp->payload), *expected.quote))
      return "it quotes another packet";
    return {};
  }
  if (icmp->payload.size() != expected.length) return "its length differs";
  if (as_text(icmp->payload) != alphabet(0, expected.length)) return "its payload differs";
  return {};
}

bool has_good_checksum(const IpDatagram& datagram) {
  switch (const auto protocol = static_cast<IpProtocol>(datagram.protocol)) {
    case IpProtocol::icmp:
    case IpProtocol::tcp:
    case IpProtocol::udp:
      return transport_checksum(datagram.source, datagram.destination, protocol,
                                datagram.payload) == 0;
  }
  return true;
}

std::uint8_t protocol_of(const PacketPattern& pattern) {
  return std::visit(
      overloaded{[](const TcpPattern&) { return static_cast<std::uint8_t>(IpProtocol::tcp); },
                 [](const UdpPattern&) { return static_cast<std::uint8_t>(IpProtocol::udp); },
                 [](const IcmpPattern&) { return static_cast<std::uint8_t>(IpProtocol::icmp); },
                 [](const OtherPattern& other) { return other.protocol; },
                 [](const auto&) { return std::uint8_t{255}; }},
      pattern.content);
}

}  // namespace

bool fits(std::string_view text, std::string_view pattern) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') {
    for (std::size_t skipped = 0; skipped <= text.size(); ++skipped)
      if (fits(text.substr(skipped), pattern.substr(1))) return true;
    return false;
  }
  return !text.empty() && text.front() == pattern.front() &&
         fits(text.substr(1), pattern.substr(1));
}

Mismatch mismatch_payload(const PacketPattern& expected, const PacketPattern::Ends& ends,
                          const IpDatagram& actual, const Flow* flow) {
  if (actual.is_fragment()) return "it is a fragment";
  if (actual.protocol != protocol_of(expected)) return "its protocol differs";
  if (has_good_checksum(actual) == expected.bad_checksum)
    return expected.bad_checksum ? "its checksum is good" : "its checksum is bad";
  return std::visit(
      overloaded{[&](const TcpPattern& tcp) { return mismatch_tcp(tcp, ends, actual, flow); },
                 [&](const UdpPattern& udp) { return mismatch_udp(udp, ends, actual); },
                 [&](const IcmpPattern& icmp) { return mismatch_icmp(icmp, actual); },
                 [&](const OtherPattern& other) -> Mismatch {
                   if (actual.payload.size() != other.length) return "its length differs";
                   return {};
                 },
                 [](const auto&) -> Mismatch { return "such a packet cannot be expected"; }},
      expected.content);
}

}  // namespace apiary::script
