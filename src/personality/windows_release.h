#pragma once

#include <optional>
#include <span>

#include "personality/name_tokens.h"

namespace apiary {

/// A release of Windows, by time.
struct WindowsRelease {
  double year = 0;         // of its release, 1996.6 for NT 4.0
  bool is_9x = false;      // based on DOS: 3.x, 95, 98, Me
  std::size_t length = 1;  // in tokens
};

/// The release that `tokens` begins with: "98", "XP", "NT 4.0", "2000", "8.1".
std::optional<WindowsRelease> windows_release(std::span<const NameToken> tokens);

/// The number of a service pack: 4 for "SP4" or "SP4a".
std::optional<unsigned> service_pack(const NameToken& token);

}  // namespace apiary
