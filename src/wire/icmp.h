#pragma once

#include <tl/expected.hpp>

#include "wire/decode_error.h"
#include "wire/wire.h"

namespace apiary {
namespace wire {

struct IcmpHeader {  // RFC 792
  std::uint8_t type, code;
  BigEndian<std::uint16_t> checksum;
  BigEndian<std::uint32_t> rest;  // identifier and sequence, or unused
};
static_assert(sizeof(IcmpHeader) == 8 && alignof(IcmpHeader) == 1);

}  // namespace wire

enum class IcmpType : std::uint8_t {
  echo_reply = 0,
  destination_unreachable = 3,
  source_quench = 4,
  redirect = 5,
  echo_request = 8,
  time_exceeded = 11,
  parameter_problem = 12,
  timestamp_request = 13,
  timestamp_reply = 14,
  information_request = 15,
  information_reply = 16,
  mask_request = 17,  // RFC 950
  mask_reply = 18,
};

/// Codes of destination_unreachable.
namespace icmp_unreachable {
inline constexpr std::uint8_t network = 0, host = 1, protocol = 2, port = 3,
                              fragmentation_needed = 4;
}

struct IcmpMessage {
  std::uint8_t type = 0;  // an IcmpType, or any other
  std::uint8_t code = 0;
  std::uint32_t rest = 0;  // the four bytes after the checksum, in host order
  Bytes payload;

  bool is(IcmpType expected) const { return type == static_cast<std::uint8_t>(expected); }
  /// Whether it is an ICMP error (RFC 1122 section 3.2.2), which must not be answered.
  bool is_error() const { return type == 3 || type == 4 || type == 5 || type == 11 || type == 12; }
};

/// Errors: truncated. The caller verifies the checksum.
tl::expected<IcmpMessage, DecodeError> parse_icmp(Bytes bytes);

inline std::size_t icmp_size_bytes(const IcmpMessage& message) {
  return sizeof(wire::IcmpHeader) + message.payload.size();
}
/// Writes `message` with its checksum. REQUIRES: target.size() == icmp_size_bytes(message).
void emit_icmp(const IcmpMessage& message, std::span<std::uint8_t> target);

}  // namespace apiary
