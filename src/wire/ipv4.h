#pragma once

#include <optional>
#include <tl/expected.hpp>

#include "base/address.h"
#include "wire/decode_error.h"
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

/// An IPv4 datagram or a fragment of one. Spans point into the bytes it was read from.
struct IpDatagram {
  IpAddress source, destination;
  std::uint8_t protocol = 0;  // an IpProtocol, or any other
  std::uint8_t ttl = 64;
  std::uint8_t type_of_service = 0;
  std::uint16_t identification = 0;
  bool dont_fragment = false;
  bool more_fragments = false;
  bool reserved_flag = false;
  std::uint16_t fragment_offset_bytes = 0;  // a multiple of 8
  Bytes options;
  Bytes payload;
  Bytes whole;  // header and payload as received; empty in one of ours

  bool is_fragment() const { return more_fragments || fragment_offset_bytes != 0; }
  bool is(IpProtocol expected) const { return protocol == static_cast<std::uint8_t>(expected); }
};

/// The last two bits of the type of service (RFC 3168 section 5).
enum class Ecn : std::uint8_t { not_capable, capable_1, capable_0, congestion_experienced };
inline Ecn ecn_of(const IpDatagram& datagram) {
  return static_cast<Ecn>(datagram.type_of_service & 3);
}

/// parse_ip() for IPv4; the bytes after its total length are padding.
tl::expected<IpDatagram, DecodeError> parse_ipv4(Bytes bytes);

/// Reads what an ICMP error quotes of a datagram: its header, and of its payload as much as there
/// is. Nothing when there is no whole header. Neither lengths nor checksum are looked at: systems
/// get them wrong.
std::optional<IpDatagram> read_quoted_ipv4(Bytes quote);

inline std::size_t ipv4_header_size_bytes(const IpDatagram& datagram) {
  return sizeof(wire::Ipv4Header) + datagram.options.size();
}

/// Writes the header of `datagram`, for `payload_size` bytes of payload, with a right checksum.
/// REQUIRES: target.size() >= ipv4_header_size_bytes(datagram); options.size() % 4 == 0.
void emit_ipv4_header(const IpDatagram& datagram, std::size_t payload_size,
                      std::span<std::uint8_t> target);

}  // namespace apiary
