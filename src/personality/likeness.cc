#include "personality/likeness.h"

#include <algorithm>
#include <numeric>

namespace apiary {
namespace {

bool is_word_character(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

std::string in_lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

/// The different words of `text`, sorted.
std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (is_word_character(c))
      words.back() += c;
    else if (!words.back().empty())
      words.emplace_back();
  }
  if (words.back().empty()) words.pop_back();
  std::ranges::sort(words);
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

std::size_t letters_to_change(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back();
}

}  // namespace

Likeness::Likeness(std::string_view name) : name_(in_lower_case(name)), words_(words_of(name_)) {}

double Likeness::to(std::string_view other) const {
  const std::string lower = in_lower_case(other);
  const std::vector<std::string> words = words_of(lower);
  std::vector<std::string> shared;
  std::ranges::set_intersection(words_, words, std::back_inserter(shared));
  const double all_words = static_cast<double>(words_.size() + words.size());
  const double by_words = all_words == 0 ? 0 : 2 * static_cast<double>(shared.size()) / all_words;
  const double longest =
      static_cast<double>(std::max({name_.size(), lower.size(), std::size_t{1}}));
  const double by_letters = 1 - static_cast<double>(letters_to_change(name_, lower)) / longest;
  return (by_words + by_letters) / 2;
}

}  // namespace apiary
