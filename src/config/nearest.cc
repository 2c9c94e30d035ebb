#include "config/nearest.h"

#include <algorithm>

#include "base/edit_distance.h"

namespace apiary {
namespace {

/// The most typing errors with which a word of this length still resembles its original.
std::size_t tolerated_slips(std::string_view word) {
  return std::max<std::size_t>(1, word.size() / 3);
}

}  // namespace

std::string_view nearest_word(std::string_view word, std::span<const std::string_view> candidates) {
  std::string_view nearest;
  std::size_t limit = tolerated_slips(word);
  if (word.size() < 2) return nearest;
  for (const std::string_view candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate, limit);
    if (distance > limit || (!nearest.empty() && distance == limit)) continue;
    nearest = candidate;
    limit = distance;
  }
  return nearest;
}

}  // namespace apiary
