#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "wire/tcp_options.h"

namespace apiary {

/// The TCP options of a SYN that affect the reply.
struct OfferedOptions {
  bool mss = false, window_scale = false, sack_permitted = false, timestamps = false;
  bool operator==(const OfferedOptions&) const = default;
  /// A bit for each option; below 16.
  constexpr std::uint8_t bits() const {
    return static_cast<std::uint8_t>(mss | window_scale << 1 | sack_permitted << 2 |
                                     timestamps << 3);
  }
};
OfferedOptions offered_options(const TcpOptions& options);

/// One option of a reply.
struct OptionToken {
  std::uint8_t kind = 0;                     // a constant of tcp_option
  std::uint16_t value = 0;                   // for an MSS or a window scale
  bool shows_clock = false, echoes = false;  // timestamps: whether value and echo are not zero
  bool operator==(const OptionToken&) const = default;
};

/// The options of a reply in order, including padding.
using OptionLayout = std::vector<OptionToken>;

/// Parses Nmap's notation, such as "M5B4ST11NW7". Empty if it is invalid, longer than forty bytes
/// or not a multiple of four bytes.
std::optional<OptionLayout> parse_option_layout(std::string_view text);

/// The first option of `kind`, or nullptr.
const OptionToken* find_option(const OptionLayout& layout, std::uint8_t kind);

}  // namespace apiary
