#pragma once

#include <cstddef>
#include <string_view>

namespace apiary {

/// The length in bytes of the UTF-8 character (RFC 3629) at the front of `text`; 1 if it is
/// invalid, so that callers can iterate over any bytes. REQUIRES: !text.empty().
constexpr std::size_t character_bytes(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1;
  if (lead > 0xf4 || length > text.size()) return 1;
  for (std::size_t i = 1; i < length; ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return 1;
  if (length < 3) return length;
  // Rejects overlong encodings, surrogates, and code points above U+10FFFF.
  const auto second = static_cast<unsigned char>(text[1]);
  const unsigned least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const unsigned most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  return second >= least && second <= most ? length : 1;
}

}  // namespace apiary
