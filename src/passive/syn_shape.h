/// passive/: identifies the operating system that sent a SYN by p0f's signatures, without sending
/// anything. It parses the text of a signature file; callers read the file.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "wire/ip.h"
#include "wire/tcp.h"

namespace apiary {

/// The bits of SynShape::quirks, as p0f's README names them.
namespace quirk {
inline constexpr std::uint32_t df = 1U << 0, id_plus = 1U << 1, id_minus = 1U << 2, ecn = 1U << 3,
                               zero_plus = 1U << 4, flow = 1U << 5, seq_minus = 1U << 6,
                               ack_plus = 1U << 7, ack_minus = 1U << 8, uptr_plus = 1U << 9,
                               urgf_plus = 1U << 10, pushf_plus = 1U << 11, ts1_minus = 1U << 12,
                               ts2_plus = 1U << 13, opt_plus = 1U << 14, exws = 1U << 15,
                               bad = 1U << 16;
}

/// Which TCP options a SYN has, in order, by their numbers.
struct OptionKinds {
  static constexpr std::size_t limit = 24;  // p0f's limit; more options are malformed

  std::uint64_t hash = 0;                   // of the kinds
  std::array<std::uint8_t, limit> kinds{};  // zero from `count` on
  std::uint8_t count = 0;

  bool operator==(const OptionKinds&) const = default;
  /// Returns false if it is full.
  bool add(std::uint8_t kind) {
    if (count == limit) return false;
    kinds[count++] = kind;
    hash = (hash + kind + 1) * 0x9e37'79b9'7f4a'7c15;
    hash ^= hash >> 32;
    return true;
  }
};

/// A window that is a multiple of the sender's MSS or MTU.
struct WindowMultiple {
  enum class Of : std::uint8_t { nothing, mss, mtu };

  Of of = Of::nothing;
  std::uint16_t times = 0;
  bool operator==(const WindowMultiple&) const = default;
};

/// The properties of a SYN that signatures compare.
struct SynShape {
  OptionKinds layout;
  std::uint8_t end_padding_bytes = 0;  // after the end of the option list
  std::uint8_t ip_options_bytes = 0;
  std::uint8_t ttl = 0;    // as received
  std::uint8_t scale = 0;  // of the window; 0 without the option
  std::uint16_t mss = 0;   // 0 without the option
  std::uint16_t window = 0;
  WindowMultiple multiple;
  bool has_payload = false;
  std::uint32_t quirks = 0;
  bool operator==(const SynShape&) const = default;
};

/// The shape of `syn`, which came in `datagram`. REQUIRES: syn.is_connection_request().
SynShape shape_of(const IpDatagram& datagram, const TcpSegment& syn);

}  // namespace apiary
