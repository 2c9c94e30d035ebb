#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace apiary {

/// A word, a number or a dash of the name of an operating system.
struct NameToken {
  std::string text;               // in lower case; "-" for any dash
  std::vector<unsigned> version;  // 2, 4, 18 for "2.4.18" and "v2.4.18b"; empty: no number
  bool is_series = false;         // "2.6.x"
  bool is_glued = false;          // a dash directly after a word

  bool is_number() const { return !version.empty(); }
  bool operator==(std::string_view word) const { return text == word; }
};

/// The tokens of a name in uniform spelling: "hp", "ux" for "HP-UX", "windows", "98" for "Win98".
std::vector<NameToken> tokens_of(std::string_view name);

}  // namespace apiary
