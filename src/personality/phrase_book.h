#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "personality/name_tokens.h"

namespace apiary {

/// Phrases of one or more words, each with a number, to be found in names. Dashes between words do
/// not count: "HP-UX" is "HP UX".
class PhraseBook {
 public:
  struct Hit {
    std::size_t number, length;  // in tokens
  };

  /// Does nothing if the phrase is known, or has no word.
  void add(std::string_view phrase, std::size_t number);

  /// The longest phrase that `tokens` begins with.
  std::optional<Hit> match(std::span<const NameToken> tokens) const;
  /// The number of exactly this phrase.
  std::optional<std::size_t> find(std::string_view phrase) const;

 private:
  struct Phrase {
    std::vector<std::string> words;
    std::size_t number;
  };
  std::unordered_map<std::string, std::vector<Phrase>> by_first_word_;  // the longest first
};

}  // namespace apiary
