#pragma once

#include <string_view>
#include <vector>

namespace apiary {

/// Whether `word` begins statements, of this build or of Honeyd. Case counts.
bool is_statement_word(std::string_view word);

/// Whether `word` has a meaning in the language, and so cannot name anything. Taken from Honeyd's
/// whole grammar, so that no name of today becomes a keyword of tomorrow.
bool is_reserved_word(std::string_view word);

/// Whether the language has `word` at all: every word that a parser accepts.
bool is_language_word(std::string_view word);

/// All words of the language, in alphabetical order, for those who colour and complete it.
struct LanguageWords {
  std::vector<std::string_view> statements;  // what a statement begins with
  std::vector<std::string_view> actions;     // what an action begins with
  std::vector<std::string_view> others;
};
LanguageWords language_words();

/// Whether `word` is a trait of templates: what follows `set NAME`.
bool is_trait_word(std::string_view word);

/// The statement word that `word` may be a slip of the finger for; empty when there is none.
std::string_view nearest_statement_word(std::string_view word);

}  // namespace apiary
