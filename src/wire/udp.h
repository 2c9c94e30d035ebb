#pragma once

#include <tl/expected.hpp>

#include "base/address.h"
#include "wire/decode_error.h"
#include "wire/wire.h"

namespace apiary {
namespace wire {

struct UdpHeader {  // RFC 768
  BigEndian<std::uint16_t> source_port, destination_port;
  BigEndian<std::uint16_t> length;    // of header and payload, in bytes
  BigEndian<std::uint16_t> checksum;  // 0: the sender computed none
};
static_assert(sizeof(UdpHeader) == 8 && alignof(UdpHeader) == 1);

}  // namespace wire

struct UdpDatagram {
  Port source_port, destination_port;
  bool has_checksum = true;
  Bytes payload;
};

/// Parses the UDP datagram that fills `bytes`. Errors: truncated, bad_udp_length. The caller
/// verifies the checksum.
tl::expected<UdpDatagram, DecodeError> parse_udp(Bytes bytes);

inline std::size_t udp_size_bytes(const UdpDatagram& datagram) {
  return sizeof(wire::UdpHeader) + datagram.payload.size();
}
/// Writes `datagram` with its checksum. REQUIRES: target.size() == udp_size_bytes(datagram).
void emit_udp(const UdpDatagram& datagram, const IpAddress& source, const IpAddress& destination,
              std::span<std::uint8_t> target);

}  // namespace apiary
