#include "config/plain_word.h"

#include <algorithm>

#include "base/ascii.h"

namespace apiary {

bool begins_with_digit(std::string_view text) { return !text.empty() && is_digit(text.front()); }

bool is_plain_word(std::string_view text) {
  const auto allowed = [](char c) {
    return is_letter(c) || is_digit(c) ||
           std::string_view{"$.()/_-*"}.find(c) != std::string_view::npos;
  };
  return !text.empty() && (is_letter(text.front()) || text.front() == '$') &&
         std::all_of(text.begin(), text.end(), allowed);
}

}  // namespace apiary
