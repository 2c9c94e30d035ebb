#pragma once

#include <optional>
#include <tl/expected.hpp>

#include "wire/decode_error.h"
#include "wire/wire.h"

namespace apiary {
namespace wire {

struct GreHeader {                             // RFC 2784 section 2.1
  BigEndian<std::uint16_t> flags_and_version;  // 0x8000 checksum, 0x2000 key, 0x1000 sequence
  BigEndian<std::uint16_t> protocol;           // an EtherType
};
static_assert(sizeof(GreHeader) == 4 && alignof(GreHeader) == 1);

}  // namespace wire

/// The IP protocol number of GRE (IANA).
inline constexpr std::uint8_t gre_protocol = 47;

/// A GRE packet (RFC 2784), with the optional fields of RFC 2890.
struct GrePacket {
  std::uint16_t protocol = 0x0800;     // the EtherType of the payload
  bool has_checksum = false;           // over header and payload
  std::optional<std::uint32_t> key{};  // distinguishes tunnels between the same ends
  std::optional<std::uint32_t> sequence{};
  Bytes payload;
};

/// Parses the GRE packet that fills `bytes`, and verifies its checksum. Errors: truncated; bad_gre:
/// another version, a bit that receivers must reject (RFC 2784), or a wrong checksum.
tl::expected<GrePacket, DecodeError> parse_gre(Bytes bytes);

/// The size of the GRE header of `packet`.
std::size_t gre_header_size_bytes(const GrePacket& packet);

/// Writes `packet`. REQUIRES: target.size() == gre_header_size_bytes(packet) +
/// packet.payload.size(). The payload may already be there.
void emit_gre(const GrePacket& packet, std::span<std::uint8_t> target);

}  // namespace apiary
