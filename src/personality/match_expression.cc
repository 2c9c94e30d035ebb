#include "personality/match_expression.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace apiary {
namespace {

std::optional<std::uint32_t> parse_hexadecimal(std::string_view text) {
  std::uint32_t number = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number, 16);
  if (text.empty() || result.ec != std::errc{} || result.ptr != end) return std::nullopt;
  return number;
}

/// The parts of `range` outside all of `taken`, in order.
std::vector<NumberRange> subtract(const NumberRange& range, const std::vector<NumberRange>& taken) {
  std::vector<NumberRange> left = {range};
  for (const NumberRange& away : taken) {
    std::vector<NumberRange> next;
    for (const NumberRange& piece : left) {
      if (away.high < piece.low || away.low > piece.high) {
        next.push_back(piece);
        continue;
      }
      if (away.low > piece.low) next.push_back({piece.low, away.low - 1});
      if (away.high < piece.high) next.push_back({away.high + 1, piece.high});
    }
    left = std::move(next);
  }
  return left;
}

}  // namespace

std::optional<NumberRange> parse_number_range(std::string_view text) {
  constexpr std::uint32_t largest = std::numeric_limits<std::uint32_t>::max();
  if (text.starts_with('>') || text.starts_with('<')) {
    const auto bound = parse_hexadecimal(text.substr(1));
    if (!bound) return std::nullopt;
    if (text[0] == '>')
      return *bound == largest ? std::nullopt : std::optional(NumberRange{*bound + 1, largest});
    return *bound == 0 ? std::nullopt : std::optional(NumberRange{0, *bound - 1});
  }
  const std::size_t dash = text.find('-');
  const auto low = parse_hexadecimal(text.substr(0, dash));
  if (dash == std::string_view::npos)
    return low ? std::optional(NumberRange{*low, *low}) : std::nullopt;
  const auto high = parse_hexadecimal(text.substr(dash + 1));
  if (!low || !high || *high < *low) return std::nullopt;
  return NumberRange{*low, *high};
}

std::vector<std::string_view> MatchExpression::alternatives() const {
  std::vector<std::string_view> result;
  std::size_t start = 0;
  int depth = 0;
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '[') ++depth;
    if (text_[i] == ']') --depth;
    if (text_[i] != '|' || depth != 0) continue;
    result.push_back(text_.substr(start, i - start));
    start = i + 1;
  }
  result.push_back(text_.substr(start));
  return result;
}

std::vector<NumberRange> MatchExpression::ranges() const {
  std::vector<NumberRange> result;
  for (const std::string_view alternative : alternatives())
    if (const auto range = parse_number_range(alternative)) {
      const bool follows_number = !result.empty() && result.back().low == result.back().high;
      const bool is_range = alternative.find('-') != std::string_view::npos;
      result.push_back(*range);
      if (is_range && follows_number) std::swap(result.back(), result[result.size() - 2]);
    }
  return result;
}

std::optional<std::uint32_t> MatchExpression::number() const {
  const std::vector<NumberRange> all = ranges();
  if (all.empty()) return std::nullopt;
  // The middle of an open range is not a likely value; its bound is.
  const bool open = text_.starts_with('>');
  return open ? all.front().low : all.front().middle();
}

bool MatchExpression::accepts(std::string_view value) const {
  const auto number = parse_hexadecimal(value);
  return std::ranges::any_of(alternatives(), [&](std::string_view alternative) {
    if (alternative == value) return true;
    const auto range = number ? parse_number_range(alternative) : std::nullopt;
    return range && range->contains(*number);
  });
}

bool MatchExpression::overlaps(const MatchExpression& other) const {
  if (text_ == other.text_) return true;
  const std::vector<std::string_view> theirs = other.alternatives();
  return std::ranges::any_of(alternatives(), [&](std::string_view mine) {
    const auto range = parse_number_range(mine);
    return std::ranges::any_of(theirs, [&](std::string_view alternative) {
      if (alternative == mine) return true;
      const auto other_range = range ? parse_number_range(alternative) : std::nullopt;
      return other_range && range->low <= other_range->high && other_range->low <= range->high;
    });
  });
}

std::optional<std::string> MatchExpression::without(const MatchExpression& other) const {
  std::vector<std::string> left;
  const std::vector<std::string_view> theirs = other.alternatives();
  for (const std::string_view mine : alternatives()) {
    if (std::ranges::find(theirs, mine) != theirs.end()) continue;
    const auto range = parse_number_range(mine);
    if (!range) {
      left.emplace_back(mine);
      continue;
    }
    for (const NumberRange& piece : subtract(*range, other.ranges()))
      left.push_back(piece.low == piece.high ? fmt::format("{:X}", piece.low)
                                             : fmt::format("{:X}-{:X}", piece.low, piece.high));
  }
  if (left.empty()) return std::nullopt;
  return fmt::format("{}", fmt::join(left, "|"));
}

std::string_view MatchExpression::choose(std::initializer_list<std::string_view> preferred) const {
  for (const std::string_view value : preferred)
    if (accepts(value)) return value;
  return alternatives().front();
}

std::string expand_brackets(std::string_view alternative) {
  constexpr std::string_view on_ethernet = "5B4";
  std::string result;
  for (;;) {
    const std::size_t open = alternative.find('[');
    result += alternative.substr(0, open);
    if (open == std::string_view::npos) return result;
    const std::size_t close = std::min(alternative.find(']', open), alternative.size());
    const MatchExpression inner(alternative.substr(open + 1, close - open - 1));
    if (result.ends_with('M') && inner.accepts(on_ethernet))
      result += on_ethernet;
    else if (const auto number = inner.number())
      result += fmt::format("{:X}", *number);
    else
      result += inner.alternatives().front();
    alternative.remove_prefix(std::min(close + 1, alternative.size()));
  }
}

}  // namespace apiary
