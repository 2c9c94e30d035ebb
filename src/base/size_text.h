#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace apiary {

/// Parses "500K", "256M", "64MiB", "2G", powers of 1,024, as bytes; a number alone is of bytes.
/// Returns nothing if `text` is not a size, or exceeds the signed numbers of file systems.
std::optional<std::uint64_t> parse_size(std::string_view text);

/// "500K": with the largest unit that divides it.
std::string size_text(std::uint64_t bytes);

}  // namespace apiary
