#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace apiary {

/// Reads "90s", "15m", "12h", "7d", and "0", which needs no unit. Nothing if it is none of these.
std::optional<Duration> parse_duration(std::string_view text);

}  // namespace apiary
