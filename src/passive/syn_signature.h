#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "passive/syn_shape.h"

namespace apiary {

/// How well a SYN matches a signature. Fuzzy: networks on the path explain the difference.
enum class Fit : std::uint8_t { none, fuzzy, exact };

/// Fields of a SYN that a signature compares exactly or ignores, packed into one number.
struct PlainFields {
  std::uint64_t value = 0, mask = 0;  // bits outside the mask: any; clear in `value`

  enum class Field : std::uint8_t {  // value: its lowest bit
    mss = 0,
    window = 16,
    scale = 32,
    ip_options_bytes = 40,
    end_padding_bytes = 48,
    has_payload = 56
  };
  constexpr void set(Field field, std::uint16_t number) {
    const auto lowest = static_cast<unsigned>(field);
    const bool is_word = field == Field::mss || field == Field::window;
    const std::uint64_t bits = is_word ? 0xffff : 0xff;
    mask |= bits << lowest;
    value |= std::uint64_t{number} << lowest;
  }
};
/// All of these fields of a SYN.
PlainFields plain_fields(const SynShape& syn);

/// The multiple in 32 bits; 0: none.
constexpr std::uint32_t packed(WindowMultiple multiple) {
  return std::uint32_t{multiple.times} << 8 | static_cast<std::uint32_t>(multiple.of);
}

/// A signature of [tcp:request] in p0f's file, without the layout of options.
struct SynSignature {
  enum class Version : std::uint8_t { any, v4, v6 };

  PlainFields plain;
  std::uint32_t quirks = 0;
  std::uint32_t times = 0;           // packed() mss*4; 0: any
  std::uint16_t window_divisor = 1;  // %8192
  std::uint8_t ttl = 0;              // initial TTL
  bool ttl_is_limit = false;         // the sender's TTLs are random, at most this
  Version version = Version::any;

  /// Whether the plain fields of a SYN are as they must be.
  bool matches_plain_fields(const PlainFields& fields) const {
    return ((fields.value ^ plain.value) & plain.mask) == 0;
  }
  /// How well `syn` matches, which has the signature's layout and multiple, and
  /// matches_plain_fields().
  Fit fit(const SynShape& syn) const;
};

/// A signature as it is written.
struct ParsedSignature {
  OptionKinds layout;
  SynSignature signature;
};

/// Reads `ver:ittl:olen:mss:wsize,scale:olayout:quirks:pclass`. Error: a sentence on what is wrong.
tl::expected<ParsedSignature, std::string> parse_syn_signature(std::string_view text);

/// The signature that exactly `syn` has: "4:64:0:1460:mss*20,7:mss,sok,ts,nop,ws:df,id+:0". Its TTL
/// is the initial one that is usual and nearest: 32, 64, 128 or 255. Empty: there is no SYN.
std::string signature_of(const std::optional<SynShape>& syn);

}  // namespace apiary
