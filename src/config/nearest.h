#pragma once

#include <span>
#include <string_view>

namespace apiary {

/// The candidate that `word` may be a misspelling of: the nearest, the first of equals, within an
/// edit distance of a third of its length. Empty: none.
std::string_view nearest_word(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace apiary
