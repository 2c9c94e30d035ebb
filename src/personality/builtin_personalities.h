#pragma once

#include <string_view>

#include "personality/fingerprint_database.h"

namespace apiary {

/// The personalities built into the program (share/personalities), written for this project. They
/// need no database of Nmap's. Parsed once.
const FingerprintDatabase& builtin_personalities();

/// The text of share/personalities, which CMake embeds.
std::string_view builtin_personalities_text();

}  // namespace apiary
