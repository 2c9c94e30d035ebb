#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace apiary {

/// Hexadecimal numbers from `low` to `high`, both included.
struct NumberRange {
  std::uint32_t low = 0, high = 0;
  bool contains(std::uint32_t number) const { return low <= number && number <= high; }
  std::uint32_t middle() const { return low + (high - low) / 2; }
  bool operator==(const NumberRange&) const = default;
};

/// The values that Nmap accepts for an attribute: alternatives separated by `|`, each a text or a
/// range of hexadecimal numbers (`a-b`, `>a`, `<a`). Since version 7.94 a text may also contain
/// such expressions in brackets. Points into the text that it was parsed from.
class MatchExpression {
 public:
  explicit MatchExpression(std::string_view text) : text_(text) {}

  std::string_view text() const { return text_; }
  /// In the order written; at least one.
  std::vector<std::string_view> alternatives() const;
  /// The alternatives that are numbers or ranges, in order. A number directly before a range is
  /// moved after it, since Nmap before 7.94 never compares it.
  std::vector<NumberRange> ranges() const;
  /// An accepted number: the middle of the first range.
  std::optional<std::uint32_t> number() const;
  /// Whether `value` is one of the alternatives or, as a number, within one.
  bool accepts(std::string_view value) const;
  /// Whether both accept a common value.
  bool overlaps(const MatchExpression& other) const;
  /// An expression for the values that this accepts and `other` does not; nothing if there are
  /// none.
  std::optional<std::string> without(const MatchExpression& other) const;
  /// The first of `preferred` that is accepted, else the first alternative.
  std::string_view choose(std::initializer_list<std::string_view> preferred) const;

 private:
  std::string_view text_;
};

/// Parses `a`, `a-b`, `>a` or `<a`.
std::optional<NumberRange> parse_number_range(std::string_view text);

/// `alternative` with a value chosen for each expression in brackets: for an MSS, Ethernet's if it
/// is accepted.
std::string expand_brackets(std::string_view alternative);

}  // namespace apiary
