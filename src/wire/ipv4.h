/// IPv4 headers. Only wire/ includes this file; all others use wire/ip.h (tools/check_layers).
#pragma once

#include "wire/ip.h"
#include "wire/wire.h"

namespace apiary {
namespace wire {

struct Ipv4Header {  // RFC 791 section 3.1
  std::uint8_t version_and_header_words;
  std::uint8_t type_of_service;
  BigEndian<std::uint16_t> total_length;
  BigEndian<std::uint16_t> identification;
  BigEndian<std::uint16_t>
      flags_and_offset;  // 0x8000 reserved, 0x4000 DF, 0x2000 MF, then offset/8
  std::uint8_t time_to_live;
  std::uint8_t protocol;
  BigEndian<std::uint16_t> checksum;
  BigEndian<std::uint32_t> source, destination;
};
static_assert(sizeof(Ipv4Header) == 20 && alignof(Ipv4Header) == 1);

}  // namespace wire

/// parse_ip() for IPv4; the bytes after its total length are padding.
tl::expected<IpDatagram, DecodeError> parse_ipv4(Bytes bytes);

/// read_quoted_ip() for IPv4.
std::optional<IpDatagram> read_quoted_ipv4(Bytes quote);

/// The size of the header at the front of `quote`, as far as it is there. REQUIRES: quote.size() >=
/// sizeof(wire::Ipv4Header).
std::size_t quoted_ipv4_header_bytes(Bytes quote);

/// emit_ip_header() for IPv4.
void emit_ipv4_header(const IpDatagram& datagram, std::size_t payload_size,
                      std::span<std::uint8_t> target, std::size_t hops = 0);

}  // namespace apiary
