#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>

#include "base/bytes.h"

namespace apiary {

/// Two digits for each byte, in lower case.
inline std::string hexadecimal(Bytes bytes) { return fmt::format("{:02x}", fmt::join(bytes, "")); }

}  // namespace apiary
