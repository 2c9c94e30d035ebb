#include "config/oui_table.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>
#include <optional>
#include <tuple>

#include "base/edit_distance.h"

namespace apiary {
namespace {

constexpr std::string_view base_16 = "(base 16)";  // what IEEE writes behind a prefix
constexpr std::size_t max_names = 3;

bool is_separator(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_separator(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_separator(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<Oui> read_prefix(std::string_view line) {
  if (line.size() < 7 || !is_separator(line[6])) return {};
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + 6, value, 16);
  if (error != std::errc{} || end != line.data() + 6) return {};
  const Oui prefix{static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 8),
                   static_cast<std::uint8_t>(value)};
  if ((prefix[0] & 1) != 0) return {};  // of a group: no card has it
  return prefix;
}

/// " cisco systems ": the words of a name, in lower case.
std::string words_of(std::string_view name) {
  std::string words = " ";
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      words += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    else if (words.back() != ' ')
      words += ' ';
  }
  if (words.back() != ' ') words += ' ';
  return words;
}

/// Whether `name` holds each word of `wanted`.
bool holds_words(const std::string& name, std::string_view wanted) {
  for (std::size_t at = 0; at + 1 < wanted.size();) {
    const std::size_t next = wanted.find(' ', at + 1);
    if (name.find(wanted.substr(at, next - at + 1)) == std::string::npos) return false;
    at = next;
  }
  return true;
}

}  // namespace

OuiTable OuiTable::parse(std::string_view text) {
  OuiTable list;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto prefix = read_prefix(line);
    if (!prefix) continue;
    std::string_view name = trim(line.substr(6));
    if (name.starts_with(base_16)) name = trim(name.substr(base_16.size()));
    if (!name.empty()) list.entries_.push_back({std::string(name), words_of(name), *prefix});
  }
  return list;
}

tl::expected<std::vector<Oui>, UnknownVendor> OuiTable::find(std::string_view vendor) const {
  const std::string wanted = words_of(vendor);
  std::vector<Oui> exactly, by_words;
  for (const Entry& entry : entries_) {
    if (entry.lowercase == wanted) exactly.push_back(entry.prefix);
    if (wanted.size() > 1 && holds_words(entry.lowercase, wanted)) by_words.push_back(entry.prefix);
  }
  if (!exactly.empty()) return exactly;
  if (!by_words.empty()) return by_words;
  return tl::unexpected(nearest(vendor, wanted));
}

UnknownVendor OuiTable::nearest(std::string_view vendor, const std::string& words) const {
  const std::string_view part = trim(words);
  const std::size_t limit = std::max<std::size_t>(2, vendor.size() / 3);
  std::map<std::string_view, std::size_t> distances;  // by name
  for (const Entry& entry : entries_) {
    if (distances.contains(entry.name)) continue;
    // A slip in a name, in its first word, or a part of a word.
    const std::string_view first =
        std::string_view(entry.name).substr(0, std::min(entry.name.find(' '), entry.name.size()));
    std::size_t distance =
        std::min(edit_distance(vendor, entry.name, limit), edit_distance(vendor, first, limit));
    if (!part.empty() && entry.lowercase.find(part) != std::string::npos)
      distance = std::min<std::size_t>(distance, 1);
    if (distance <= limit) distances.emplace(entry.name, distance);
  }
  std::vector<std::pair<std::size_t, std::string_view>> ranked;
  ranked.reserve(distances.size());
  for (const auto& [name, distance] : distances) ranked.emplace_back(distance, name);
  std::sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) {
    return std::tuple(a.first, a.second.size(), a.second) <
           std::tuple(b.first, b.second.size(), b.second);
  });
  UnknownVendor unknown;
  for (std::size_t i = 0; i < std::min(max_names, ranked.size()); ++i)
    unknown.nearest.emplace_back(ranked[i].second);
  return unknown;
}

}  // namespace apiary
