#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace apiary {

/// How many characters must be added, removed, replaced or swapped with their neighbour to make
/// `b` of `a`, upper and lower case being the same. More than `limit` is given as limit + 1.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

/// The candidate that `word` may be a slip of the finger for: the nearest one, the first of
/// equals, at most a third of its length away. Empty when there is none.
std::string_view nearest_word(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace apiary
