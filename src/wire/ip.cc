#include "wire/ip.h"

#include <cassert>

#include "wire/ipv4.h"

namespace apiary {

tl::expected<IpDatagram, DecodeError> parse_ip(Bytes bytes) {
  if (bytes.empty()) return tl::unexpected(DecodeError::truncated);
  const auto version = ip_version_of(bytes);
  if (!version) return tl::unexpected(DecodeError::bad_ip_version);
  return parse_ip(bytes, *version);
}

tl::expected<IpDatagram, DecodeError> parse_ip(Bytes bytes, IpVersion expected) {
  switch (expected) {
    case IpVersion::v4:
      return parse_ipv4(bytes);
    case IpVersion::v6:
      break;
  }
  return tl::unexpected(DecodeError::ipv6_unsupported);
}

std::optional<IpDatagram> read_quoted_ip(Bytes quote) {
  if (ip_version_of(quote) != IpVersion::v4) return {};
  return read_quoted_ipv4(quote);
}

std::optional<std::uint8_t> read_ip_protocol(Bytes packet) {
  if (ip_version_of(packet) != IpVersion::v4 || packet.size() < sizeof(wire::Ipv4Header)) return {};
  return wire::read<wire::Ipv4Header>(packet).protocol;
}

void emit_ip_header(const IpDatagram& datagram, std::size_t payload_size,
                    std::span<std::uint8_t> target, std::size_t hops) {
  assert(datagram.version() == IpVersion::v4);
  emit_ipv4_header(datagram, payload_size, target, hops);
}

}  // namespace apiary
