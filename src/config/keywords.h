#pragma once

#include <string_view>
#include <vector>

namespace apiary {

/// Whether `word` begins statements, of this build or of Honeyd. Case counts.
bool is_statement_word(std::string_view word);

/// Whether `word` is reserved and cannot be a name. The list has all words of Honeyd's grammar, so
/// that valid names never become keywords.
bool is_reserved_word(std::string_view word);

/// Whether any parser accepts `word`.
bool is_language_word(std::string_view word);

/// All words of the language in alphabetical order, for syntax colouring and completion.
struct LanguageWords {
  std::vector<std::string_view> statements;  // first words of statements
  std::vector<std::string_view> actions;     // first words of actions
  std::vector<std::string_view> others;
};
LanguageWords language_words();

/// Whether `word` is a trait of templates, as after `set NAME`.
bool is_trait_word(std::string_view word);

/// The statement word that `word` may be a misspelling of; empty: none.
std::string_view nearest_statement_word(std::string_view word);

}  // namespace apiary
