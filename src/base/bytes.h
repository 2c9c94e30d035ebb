/// base/: what every other folder uses: bytes, addresses, time, random numbers, and containers that
/// the standard library lacks. It knows no protocol and includes no other folder.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace apiary {

/// Read-only bytes owned by someone else, who says how long they are valid.
using Bytes = std::span<const std::uint8_t>;

/// The bytes of `text`, which must outlive them.
inline Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// `bytes` as text; they need not be valid in any encoding.
inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace apiary
