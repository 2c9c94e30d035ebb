#pragma once

#include <cstddef>
#include <string_view>

namespace apiary {

/// How many characters must be added, removed, replaced or swapped with their neighbour to make
/// `b` of `a`, upper and lower case being the same. More than `limit` is given as limit + 1.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

}  // namespace apiary
