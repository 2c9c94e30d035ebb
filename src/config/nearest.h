#pragma once

#include <span>
#include <string_view>

namespace apiary {

/// The candidate that `word` may be a slip of the finger for: the nearest one, the first of
/// equals, at most a third of its length away. Empty when there is none.
std::string_view nearest_word(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace apiary
