#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace apiary {

/// How much names are like a given one, to guess what somebody meant who mistyped it.
class Likeness {
 public:
  explicit Likeness(std::string_view name);

  /// From 0 (nothing in common) to 1 (the same but for upper and lower case): half by the words
  /// they share, half by the letters to change (Levenshtein 1966).
  double to(std::string_view other) const;

 private:
  std::string name_;
  std::vector<std::string> words_;
};

}  // namespace apiary
