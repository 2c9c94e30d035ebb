#include "config/oui_table.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/edit_distance.h"
#include "config/vendor_names.h"

namespace apiary {
namespace {

constexpr std::string_view base_16 = "(base 16)";  // IEEE writes this after a prefix

// The substitutes for unknown vendors: vendors of the most common cards.
constexpr std::string_view usual_makers[] = {" intel corporate ", " intel ",
                                             " realtek semiconductor "};

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
  if ((prefix[0] & 1) != 0) return {};  // a group address, which no card has
  return prefix;
}

/// Whether `name` contains each word of `wanted`.
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
    if (!name.empty())
      list.entries_.push_back(
          {std::string(name), vendor_words(name), vendor_letters(name), *prefix});
  }
  return list;
}

tl::expected<FoundVendor, std::string> OuiTable::find(std::string_view vendor) const {
  const std::string wanted = vendor_words(vendor);
  if (wanted.size() <= 1) return tl::unexpected(std::string{});
  std::vector<Oui> exactly, by_words;
  for (const Entry& entry : entries_) {
    if (entry.lowercase == wanted) exactly.push_back(entry.prefix);
    if (holds_words(entry.lowercase, wanted)) by_words.push_back(entry.prefix);
  }
  if (!exactly.empty()) return FoundVendor{std::move(exactly)};
  if (!by_words.empty()) return FoundVendor{std::move(by_words)};
  if (auto found = find_substitute(vendor)) return *std::move(found);
  return tl::unexpected(std::string{});
}

template <typename Predicate>
std::optional<FoundVendor> OuiTable::first(const Predicate& is_meant) const {
  FoundVendor found;
  for (const Entry& entry : entries_) {
    if (found.prefixes.empty() && is_meant(entry)) found.stand_in = entry.name;
    if (entry.name == found.stand_in) found.prefixes.push_back(entry.prefix);
  }
  return found.prefixes.empty() ? std::nullopt : std::optional(std::move(found));
}

std::optional<FoundVendor> OuiTable::find_substitute(std::string_view vendor) const {
  for (const std::string& name : other_vendor_names(vendor)) {
    const std::string letters = vendor_letters(name);
    if (auto found = first([&](const Entry& entry) { return entry.lowercase == name; }))
      return found;
    if (auto found = first([&](const Entry& entry) { return entry.letters == letters; }))
      return found;
    if (auto found = first([&](const Entry& entry) { return entry.lowercase.starts_with(name); }))
      return found;
  }
  if (auto found = nearest(vendor)) return found;
  for (const std::string_view maker : usual_makers)
    if (auto found = first([&](const Entry& entry) { return entry.lowercase == maker; }))
      return found;
  return first([](const Entry&) { return true; });
}

std::optional<FoundVendor> OuiTable::nearest(std::string_view vendor) const {
  const std::size_t limit = std::max<std::size_t>(1, vendor.size() / 4);
  const Entry* best = nullptr;
  std::pair least(limit + 1, std::size_t{0});  // distance and length of the name
  for (const Entry& entry : entries_) {
    // A typing error in a name or in its first word.
    const std::string_view name = entry.name;
    const std::string_view first_word = name.substr(0, std::min(name.find(' '), name.size()));
    const std::pair distance(
        std::min(edit_distance(vendor, name, limit), edit_distance(vendor, first_word, limit)),
        name.size());
    if (distance >= least) continue;
    best = &entry;
    least = distance;
  }
  if (best == nullptr) return {};
  return first([&](const Entry& entry) { return entry.name == best->name; });
}

}  // namespace apiary
