#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/numbers.h"

namespace apiary {

namespace tcp_option {
inline constexpr std::uint8_t end = 0, nop = 1, mss = 2, window_scale = 3, sack_permitted = 4,
                              sack = 5, timestamps = 8;
}

/// The length of an option of `kind`, in bytes with kind and length, where it is the same for all;
/// else 0.
constexpr std::size_t tcp_option_size_bytes(std::uint8_t kind) {
  switch (kind) {
    case tcp_option::end:
    case tcp_option::nop:
      return 1;
    case tcp_option::mss:
      return 4;
    case tcp_option::window_scale:
      return 3;
    case tcp_option::sack_permitted:
      return 2;
    case tcp_option::timestamps:
      return 10;
    default:
      return 0;
  }
}

/// The MSS of a peer that sends no MSS option (RFC 9293 section 3.7.1).
inline constexpr std::uint16_t default_mss = 536;

/// A timestamps option (RFC 7323 section 3.2).
struct TcpTimestamps {
  std::uint32_t value = 0, echo_reply = 0;
  bool operator==(const TcpTimestamps&) const = default;
};

/// Sequence numbers [start, end) that arrived out of order (RFC 2018 section 3).
struct SackBlock {
  SeqNumber start, end;
  bool operator==(const SackBlock&) const = default;
};

/// The parsed options of a segment; the last option of a kind counts.
struct TcpOptions {
  std::optional<std::uint16_t> mss;
  std::optional<std::uint8_t> window_scale;  // as given, even above 14
  bool sack_permitted = false;
  std::optional<TcpTimestamps> timestamps;
  std::array<SackBlock, 4> sack_blocks{};
  std::size_t sack_block_count = 0;
};

/// Stops at an end-of-options mark and at an invalid length.
TcpOptions parse_tcp_options(Bytes options);

/// The raw options of an outgoing segment: at most forty bytes, in the order of the calls.
class TcpOptionBytes {
 public:
  void put_end() { put_byte(tcp_option::end); }
  void put_nop() { put_byte(tcp_option::nop); }
  void put_mss(std::uint16_t mss);
  void put_window_scale(std::uint8_t shift);
  void put_sack_permitted();
  void put_timestamps(const TcpTimestamps& timestamps);
  void put_sack(std::span<const SackBlock> blocks);
  /// Changes the value of the timestamps option, if there is one.
  void set_timestamps_value(std::uint32_t value);
  /// Lowers the value of the MSS option to `most`, if there is one that is larger.
  void lower_mss(std::uint16_t most);
  /// Overwrites the four bytes from `at` on. REQUIRES: at + 4 <= size().
  void set_word(std::size_t at, std::uint32_t word);
  /// Fills with end-of-options marks up to a multiple of four bytes.
  void pad();

  std::size_t size() const { return size_; }
  std::size_t room() const { return bytes_.size() - size_; }
  Bytes bytes() const { return Bytes(bytes_).first(size_); }

 private:
  /// Each put_ function omits an option that does not fit.
  bool fits(std::size_t count) const { return room() >= count; }
  void put_byte(std::uint8_t byte) {
    if (fits(1)) bytes_[size_++] = byte;
  }
  /// Puts kind and length of an option of fixed size, if all of it fits.
  bool put_header(std::uint8_t kind);
  void put_word(std::uint32_t word);
  /// The position of the option of `kind`; size() if there is none.
  std::size_t find(std::uint8_t kind) const;

  std::array<std::uint8_t, 40> bytes_{};
  std::size_t size_ = 0;
};

}  // namespace apiary
