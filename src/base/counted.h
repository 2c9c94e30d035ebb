#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace apiary {

/// "1 host", "2 hosts", "0 addresses", "3 queries": a number and its noun in the right form. `noun`
/// is singular, its last word is inflected: "more line".
std::string counted(std::uint64_t number, std::string_view noun);
/// Only the noun, if the caller writes the number in another form: "12k", "hosts".
std::string noun_for(std::uint64_t number, std::string_view noun);

}  // namespace apiary
