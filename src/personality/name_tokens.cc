#include "personality/name_tokens.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/ascii.h"

namespace apiary {
namespace {

constexpr std::size_t max_version_parts = 4;  // further parts are ignored
constexpr unsigned max_part = 999'999'999;    // of a version

bool belongs_to_word(char c) {
  return is_digit(c) || is_letter(c) || static_cast<unsigned char>(c) >= 0x80;
}

/// Removes the leading digits of `text` and returns them.
unsigned take_part_of_version(std::string_view& text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc{} ? number : max_part;
}

/// Reads "V4R5M0", as IBM writes versions.
bool read_release(std::string_view text, std::vector<unsigned>& version) {
  std::vector<unsigned> parts;
  for (const char mark : {'v', 'r', 'm'}) {
    if (text.empty() && parts.size() == 2) break;
    if (text.size() < 2 || text[0] != mark || !is_digit(text[1])) return false;
    text.remove_prefix(1);
    parts.push_back(take_part_of_version(text));
  }
  if (!text.empty()) return false;
  version = std::move(parts);
  return true;
}

/// Parses a version: "2.4.18", "B.10.20", "V5.1A", "6.5.15m", "5.x". Words with digits, such as
/// "x86" or "3com", are not versions.
void read_version(NameToken& token) {
  std::string_view rest = token.text;
  if (read_release(rest, token.version)) return;
  for (const std::string_view mark : {"sr", "v", "b", "r"})
    if (rest.starts_with(mark) && rest.size() > mark.size()) {
      rest.remove_prefix(mark.size());
      break;
    }
  if (rest.starts_with('.')) rest.remove_prefix(1);
  if (rest.empty() || !is_digit(rest[0])) return;
  std::vector<unsigned> parts;
  while (!rest.empty() && is_digit(rest[0])) {
    parts.push_back(take_part_of_version(rest));
    if (rest.size() < 2 || rest[0] != '.') break;
    if (rest[1] == 'x') {
      token.is_series = true;
      rest.remove_prefix(2);
      break;
    }
    if (is_digit(rest[1])) rest.remove_prefix(1);
  }
  if (std::ranges::count_if(rest, is_letter) > 2) return;  // "68040", but not "3com"
  if (parts.size() > max_version_parts) parts.resize(max_version_parts);
  token.version = std::move(parts);
}

/// Common abbreviations, spelled out.
struct Spelling {
  std::string_view word, first, second;
};
constexpr auto spellings = std::to_array<Spelling>({
    {"dlink", "d", "link"},
    {"hpux", "hp", "ux"},
    {"linux2", "linux", "2"},
    {"macos", "mac", "os"},
    {"macosx", "mac", "osx"},
    {"ms", "microsoft", ""},
    {"msdos", "microsoft", "dos"},
    {"os2", "os", "2"},
    {"os400", "os", "400"},
    {"os390", "os", "390"},
    {"osf1", "osf", "1"},
    {"w2k", "windows", "2000"},
    {"w2k3", "windows", "2003"},
    {"win", "windows", ""},
    {"win2k", "windows", "2000"},
    {"win2k3", "windows", "2003"},
    {"zos", "z", "os"},
});

class NameTokenizer {
 public:
  explicit NameTokenizer(std::string_view name) : name_(name) {}

  std::vector<NameToken> run() {
    while (at_ < name_.size()) {
      if (belongs_to_word(name_[at_])) {
        read_word();
      } else {
        if (name_[at_] == '-') add_dash();
        ++at_;
      }
    }
    return std::move(tokens_);
  }

 private:
  char peek(std::size_t ahead) const {
    return at_ + ahead < name_.size() ? name_[at_ + ahead] : '\0';
  }

  /// Whether the dot at `at` is part of a version.
  bool is_inner_dot(const std::string& word) const {
    if (peek(0) != '.' || word.empty()) return false;
    if (is_digit(word.back())) return is_digit(peek(1)) || peek(1) == 'x' || peek(1) == 'X';
    return word.size() == 1 && is_digit(peek(1));
  }

  void read_word() {
    const std::size_t start = at_;
    std::string word;
    for (; at_ < name_.size() && (belongs_to_word(name_[at_]) || is_inner_dot(word)); ++at_) {
      const char c = name_[at_];
      word += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    // The case distinguishes Apple's iOS from Cisco's IOS.
    if (name_.substr(start, at_ - start) == "iOS") {
      add("iphone");
      return add("os");
    }
    add_word(std::move(word));
    if (peek(0) == '(' && is_digit(peek(1)) && tokens_.back().is_number()) read_rebuild();
  }

  /// The 24 of Cisco's "11.1(24)".
  void read_rebuild() {
    ++at_;
    std::vector<unsigned>& version = tokens_.back().version;
    std::string_view rest = name_.substr(at_);
    if (version.size() < max_version_parts) version.push_back(take_part_of_version(rest));
    while (at_ < name_.size() && name_[at_] != ')') ++at_;
  }

  void add_word(std::string word) {
    const auto* const known = std::ranges::find(spellings, word, &Spelling::word);
    if (known != spellings.end()) {
      add(std::string(known->first));
      if (!known->second.empty()) add(std::string(known->second));
      return;
    }
    const std::string_view view = word;
    constexpr std::array<std::string_view, 11> releases = {
        "95", "98", "me", "nt", "2000", "xp", "2003", "vista", "7", "8", "10"};
    if (view.starts_with("win") && std::ranges::find(releases, view.substr(3)) != releases.end()) {
      add("windows");
      return add(std::string(view.substr(3)));
    }
    if (view.ends_with("bsd") && is_digit(view.front())) {  // 4.3BSD
      add("bsd");
      return add(std::string(view.substr(0, view.size() - 3)));
    }
    add(std::move(word));
  }

  void add(std::string word) {
    NameToken& token = tokens_.emplace_back();
    token.text = std::move(word);
    read_version(token);
  }

  void add_dash() {
    if (tokens_.empty() || tokens_.back() == "-") return;
    tokens_.push_back({.text = "-", .version = {}, .is_glued = belongs_to_word(name_[at_ - 1])});
  }

  std::string_view name_;
  std::size_t at_ = 0;
  std::vector<NameToken> tokens_;
};

}  // namespace

std::vector<NameToken> tokens_of(std::string_view name) { return NameTokenizer(name).run(); }

}  // namespace apiary
