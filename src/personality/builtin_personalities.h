#pragma once

#include <string_view>

#include "personality/fingerprint_database.h"

namespace apiary {

/// The personalities that we wrote ourselves and that are within the program (share/personalities):
/// what there is without Nmap's database. Read once.
const FingerprintDatabase& builtin_personalities();

/// The text of share/personalities; CMake puts it in.
std::string_view own_personalities_text();

}  // namespace apiary
