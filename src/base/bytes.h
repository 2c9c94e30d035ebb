/// base/: the vocabulary every other folder speaks: bytes, addresses, time, chance, and the few
/// containers the standard library lacks. It knows no protocol and includes nothing of ours.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace apiary {

/// Bytes somebody else owns, to be read only. Valid as long as their owner says.
using Bytes = std::span<const std::uint8_t>;

/// The bytes of `text`, which must outlive them.
inline Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// `bytes` seen as text, whatever they hold.
inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace apiary
