#include "base/size_text.h"

#include <charconv>
#include <limits>
#include <string>

namespace apiary {
namespace {

constexpr std::string_view units = "kmgtp";

}  // namespace

std::optional<std::uint64_t> parse_size(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return {};
  std::string unit;
  for (const char c : text.substr(static_cast<std::size_t>(end - text.data())))
    unit += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (unit.ends_with("ib"))
    unit.resize(unit.size() - 2);
  else if (unit.ends_with('b'))
    unit.pop_back();
  const std::size_t at = unit.size() == 1 ? units.find(unit.front()) : units.npos;
  if (!unit.empty() && at == units.npos) return {};
  const std::size_t shift = unit.empty() ? 0 : 10 * (at + 1);
  // Sizes are compared and added as signed numbers by file systems and SQLite.
  constexpr std::uint64_t largest = std::numeric_limits<std::int64_t>::max();
  if (number > (largest >> shift)) return {};
  return number << shift;
}

std::string size_text(std::uint64_t bytes) {
  std::size_t unit = 0;
  for (; bytes != 0 && bytes % 1024 == 0 && unit < units.size(); ++unit) bytes /= 1024;
  std::string text = std::to_string(bytes);
  if (unit > 0) text += static_cast<char>(units[unit - 1] - 'a' + 'A');
  return text;
}

}  // namespace apiary
