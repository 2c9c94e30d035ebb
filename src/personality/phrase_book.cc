#include "personality/phrase_book.h"

#include <algorithm>

namespace apiary {

namespace {

constexpr std::string_view dash = "-";

/// The number of tokens that `words` cover at their beginning; 0: they do not begin with the
/// phrase.
std::size_t length_of(const std::vector<std::string>& words, std::span<const NameToken> tokens) {
  std::size_t at = 0;
  for (const std::string& word : words) {
    while (at > 0 && at < tokens.size() && tokens[at] == dash) ++at;
    if (at == tokens.size() || tokens[at].text != word) return 0;
    ++at;
  }
  return at;
}

}  // namespace

void PhraseBook::add(std::string_view phrase, std::size_t number) {
  if (find(phrase)) return;
  Phrase added{.words = {}, .number = number};
  for (NameToken& token : tokens_of(phrase))
    if (!(token == dash)) added.words.push_back(std::move(token.text));
  if (added.words.empty()) return;
  auto& phrases = by_first_word_[added.words.front()];
  const auto shorter = std::ranges::find_if(
      phrases, [&](const Phrase& other) { return other.words.size() < added.words.size(); });
  phrases.insert(shorter, std::move(added));
}

std::optional<PhraseBook::Hit> PhraseBook::match(std::span<const NameToken> tokens) const {
  if (tokens.empty()) return std::nullopt;
  const auto found = by_first_word_.find(tokens.front().text);
  if (found == by_first_word_.end()) return std::nullopt;
  for (const auto& [words, number] : found->second)
    if (const std::size_t length = length_of(words, tokens); length > 0) return Hit{number, length};
  return std::nullopt;
}

std::optional<std::size_t> PhraseBook::find(std::string_view phrase) const {
  const std::vector<NameToken> tokens = tokens_of(phrase);
  const auto hit = match(tokens);
  if (!hit || hit->length != tokens.size()) return std::nullopt;
  return hit->number;
}

}  // namespace apiary
