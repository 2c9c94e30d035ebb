#pragma once

#include <optional>
#include <tl/expected.hpp>

#include "base/address.h"
#include "wire/decode_error.h"
#include "wire/ethernet.h"

namespace apiary {

/// An IP datagram or a fragment of one. Spans point into the bytes it was read from.
struct IpDatagram {
  IpAddress source, destination;   // of the same version, which is the datagram's
  std::uint8_t protocol = 0;       // an IpProtocol, or any other
  std::uint8_t hop_limit = 64;     // IPv4: time to live
  std::uint8_t traffic_class = 0;  // IPv4: type of service
  std::uint16_t identification = 0;
  bool dont_fragment = false;  // IPv4
  bool more_fragments = false;
  bool reserved_flag = false;               // IPv4
  std::uint16_t fragment_offset_bytes = 0;  // a multiple of 8
  Bytes options;                            // IPv4
  Bytes payload;
  Bytes whole;  // header and payload as received; empty in one of ours

  IpVersion version() const { return source.version(); }
  bool is_fragment() const { return more_fragments || fragment_offset_bytes != 0; }
  bool is(IpProtocol expected) const { return protocol == static_cast<std::uint8_t>(expected); }
};

/// The last two bits of the traffic class (RFC 3168 section 5).
enum class Ecn : std::uint8_t { not_capable, capable_1, capable_0, congestion_experienced };
inline Ecn ecn_of(const IpDatagram& datagram) {
  return static_cast<Ecn>(datagram.traffic_class & 3);
}

/// The version that the first four bits of `packet` name; nothing if they name none.
inline std::optional<IpVersion> ip_version_of(Bytes packet) {
  if (packet.empty()) return {};
  const auto version = static_cast<IpVersion>(packet[0] >> 4);
  if (version != IpVersion::v4 && version != IpVersion::v6) return {};
  return version;
}
/// The version that frames of this type carry; nothing if it is not a type of IP.
inline std::optional<IpVersion> ip_version_of(EtherType type) {
  if (type == EtherType::ipv4) return IpVersion::v4;
  if (type == EtherType::ipv6) return IpVersion::v6;
  return {};
}
inline EtherType ether_type_of(IpVersion version) {
  return version == IpVersion::v4 ? EtherType::ipv4 : EtherType::ipv6;
}

/// Reads the datagram at the front of `bytes`; the bytes after its end are padding. Errors:
/// truncated, bad_ip_version, bad_header_length, bad_total_length, bad_ip_checksum, bad_fragment,
/// ipv6_unsupported.
tl::expected<IpDatagram, DecodeError> parse_ip(Bytes bytes);
/// The same for a frame whose type names a version. Another version is bad_ip_version.
tl::expected<IpDatagram, DecodeError> parse_ip(Bytes bytes, IpVersion expected);

/// Reads a datagram that an ICMP error quotes: its header, and as much of its payload as there is.
/// Checks neither lengths nor checksum, since systems garble them. Nothing if the header is
/// incomplete or of another version than IPv4.
std::optional<IpDatagram> read_quoted_ip(Bytes quote);

/// The protocol that the IPv4 header at the front of `packet` names, even if the rest is malformed.
/// Nothing if the header is incomplete or of another version.
std::optional<std::uint8_t> read_ip_protocol(Bytes packet);

/// The size of a header without options or extension headers.
constexpr std::size_t min_ip_header_bytes(IpVersion version) {
  return version == IpVersion::v4 ? 20 : 40;  // RFC 791 section 3.1, RFC 8200 section 3
}
inline std::size_t ip_header_size_bytes(const IpDatagram& datagram) {
  return min_ip_header_bytes(datagram.version()) + datagram.options.size();
}

/// Writes the header of `datagram`, for `payload_size` bytes of payload, with its checksum. `hops`:
/// the routers that have forwarded it, at most its hop limit. REQUIRES: version() == IpVersion::v4,
/// options.size() % 4 == 0, target.size() >= ip_header_size_bytes(datagram).
void emit_ip_header(const IpDatagram& datagram, std::size_t payload_size,
                    std::span<std::uint8_t> target, std::size_t hops = 0);

}  // namespace apiary
