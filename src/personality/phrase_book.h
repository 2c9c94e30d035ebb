#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "personality/name_tokens.h"

namespace apiary {

/// Finds phrases of one or more words in names; each has a number. Dashes between words are
/// ignored: "HP-UX" is "HP UX".
class PhraseBook {
 public:
  struct Hit {
    std::size_t number, length;  // length in tokens
  };

  /// Ignores phrases that are known or have no words.
  void add(std::string_view phrase, std::size_t number);

  /// The longest phrase that `tokens` begins with.
  std::optional<Hit> match(std::span<const NameToken> tokens) const;
  /// The number of this exact phrase.
  std::optional<std::size_t> find(std::string_view phrase) const;

 private:
  struct Phrase {
    std::vector<std::string> words;
    std::size_t number;
  };
  std::unordered_map<std::string, std::vector<Phrase>> by_first_word_;  // longest first
};

}  // namespace apiary
