#pragma once

#include <tl/expected.hpp>

#include "base/address.h"
#include "wire/decode_error.h"
#include "wire/wire.h"

namespace apiary {
namespace wire {

struct TcpHeader {  // RFC 9293 section 3.1
  BigEndian<std::uint16_t> source_port, destination_port;
  BigEndian<std::uint32_t> sequence, acknowledgment;
  std::uint8_t data_offset_and_reserved;  // header words, then four reserved bits
  std::uint8_t flags;
  BigEndian<std::uint16_t> window, checksum, urgent_pointer;
};
static_assert(sizeof(TcpHeader) == 20 && alignof(TcpHeader) == 1);

struct QuotedTcpHeader {  // the part that every ICMP error quotes (RFC 792)
  BigEndian<std::uint16_t> source_port, destination_port;
  BigEndian<std::uint32_t> sequence;
};
static_assert(sizeof(QuotedTcpHeader) == 8 && alignof(QuotedTcpHeader) == 1);

}  // namespace wire

/// The bits of TcpSegment::flags.
namespace tcp_flag {
inline constexpr std::uint8_t fin = 0x01, syn = 0x02, rst = 0x04, psh = 0x08, ack = 0x10,
                              urg = 0x20, ece = 0x40, cwr = 0x80;
}

struct TcpSegment {
  Port source_port, destination_port;
  SeqNumber sequence, acknowledgment;
  std::uint8_t flags = 0;     // of tcp_flag
  std::uint8_t reserved = 0;  // the four reserved bits
  std::uint16_t window = 0;   // as on the wire, unscaled
  std::uint16_t urgent_pointer = 0;
  Bytes options;  // raw; parse_tcp_options() reads them
  Bytes payload;

  bool has(std::uint8_t flag) const { return (flags & flag) != 0; }
  /// Whether it only requests a connection.
  bool is_connection_request() const {
    return has(tcp_flag::syn) && !has(tcp_flag::ack | tcp_flag::rst | tcp_flag::fin);
  }
  /// Whether a SYN offers ECN (RFC 3168 section 6.1.1).
  bool offers_ecn() const { return has(tcp_flag::ece) && has(tcp_flag::cwr); }
  /// The sequence numbers it occupies: its payload, and one each for SYN and FIN.
  std::uint32_t length() const {
    return static_cast<std::uint32_t>(payload.size()) + (has(tcp_flag::syn) ? 1U : 0U) +
           (has(tcp_flag::fin) ? 1U : 0U);
  }
};

/// Parses the TCP segment that fills `bytes`; its options and payload point into them. Errors:
/// truncated, bad_data_offset. The caller verifies the checksum, since systems react differently to
/// a wrong one.
tl::expected<TcpSegment, DecodeError> parse_tcp(Bytes bytes);

inline std::size_t tcp_header_size_bytes(const TcpSegment& segment) {
  return sizeof(wire::TcpHeader) + segment.options.size();
}
inline std::size_t tcp_size_bytes(const TcpSegment& segment) {
  return tcp_header_size_bytes(segment) + segment.payload.size();
}
/// Writes `segment` with its checksum. The payload may already be in its place in `target`.
/// REQUIRES: target.size() == tcp_size_bytes(segment), options.size() % 4 == 0.
void emit_tcp(const TcpSegment& segment, const IpAddress& source, const IpAddress& destination,
              std::span<std::uint8_t> target);

}  // namespace apiary
