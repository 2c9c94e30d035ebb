#pragma once

#include <cstddef>
#include <string_view>

namespace apiary {

/// The number of characters to add, remove, replace or swap with their neighbour to turn `a` into
/// `b`, ignoring case. Returns limit + 1 if it is more than `limit`.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

}  // namespace apiary
