#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace apiary {

/// "1 host", "2 hosts", "0 addresses", "3 queries": a number and as many of its noun, which is
/// given for one and is the last word of `noun`: "more line".
std::string counted(std::uint64_t number, std::string_view noun);
/// The noun alone, where the number is written in another way: "12k", "hosts".
std::string noun_for(std::uint64_t number, std::string_view noun);

}  // namespace apiary
