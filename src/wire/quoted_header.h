#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace apiary {

/// The fields that systems garble when their ICMP errors quote an IPv4 header (RFC 792), in host
/// order.
struct QuotedHeader {
  std::uint16_t total_length_bytes = 0;
  std::uint16_t identification = 0;
  std::uint8_t ttl = 0;
  std::uint16_t checksum = 0;
};

/// Reads the header at the front of `quote`; nothing if it is not a whole one of IPv4.
std::optional<QuotedHeader> read_quoted_header(Bytes quote);

/// Overwrites these fields of the header at the front of `quote`.
/// REQUIRES: read_quoted_header(quote).
void write_quoted_header(const QuotedHeader& fields, std::span<std::uint8_t> quote);

/// The header at the front of `quote`, with its options, as much as there is of it.
/// REQUIRES: read_quoted_header(quote).
std::span<std::uint8_t> quoted_header_bytes(std::span<std::uint8_t> quote);

}  // namespace apiary
