#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

namespace apiary {

/// A TCP or UDP port.
struct Port {
  std::uint16_t number = 0;
  auto operator<=>(const Port&) const = default;
};

/// A TCP sequence number. "Before" is a relation on a circle (RFC 9293 section 3.4), so there is
/// no operator<.
struct SeqNumber {
  std::uint32_t value = 0;

  bool operator==(const SeqNumber&) const = default;
  constexpr bool is_before(SeqNumber other) const { return offset_from(other) < 0; }
  constexpr bool is_after(SeqNumber other) const { return offset_from(other) > 0; }
  /// Whether it lies in [start, start + size).
  constexpr bool is_in_window(SeqNumber start, std::uint32_t size) const {
    return value - start.value < size;
  }
  /// Its distance from `other`, negative if it is before it.
  constexpr std::int32_t offset_from(SeqNumber other) const {
    return static_cast<std::int32_t>(value - other.value);
  }
};

constexpr SeqNumber operator+(SeqNumber seq, std::uint32_t bytes) { return {seq.value + bytes}; }
constexpr SeqNumber operator-(SeqNumber seq, std::uint32_t bytes) { return {seq.value - bytes}; }

/// Protocol numbers of IP (IANA).
enum class IpProtocol : std::uint8_t { icmp = 1, tcp = 6, udp = 17 };

/// "icmp", "tcp" or "udp".
constexpr std::string_view name_of(IpProtocol protocol) {
  switch (protocol) {
    case IpProtocol::icmp:
      return "icmp";
    case IpProtocol::tcp:
      return "tcp";
    case IpProtocol::udp:
      return "udp";
  }
  return "ip";
}

}  // namespace apiary
