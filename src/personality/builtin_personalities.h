#pragma once

#include <string_view>

#include "personality/fingerprint_database.h"

namespace apiary {

/// The personalities built into the program (share/personalities), which we wrote. They are
/// available without Nmap's database. Parsed once.
const FingerprintDatabase& builtin_personalities();

/// The text of share/personalities; CMake puts it in.
std::string_view own_personalities_text();

}  // namespace apiary
