#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/address.h"

namespace apiary::script {

/// Scans one line of a script from left to right. It keeps the first error; after that everything
/// fails, so callers check once at the end.
class Scanner {
 public:
  explicit Scanner(std::string_view line) : line_(line) {}

  bool ok() const { return !error_; }
  /// What was expected, when !ok().
  const std::string& error() const { return *error_; }
  /// Where it was expected, counted from 0.
  std::size_t column() const { return error_column_; }
  /// Records that `expected` was expected here.
  void fail(std::string expected);

  /// Whether only space (or a comment) is left.
  bool at_end();
  /// Skips `text` if it is next, after spaces. A word must end where `text` ends; a space in it
  /// matches any number.
  bool take(std::string_view text);
  /// The same without skipping it.
  bool sees(std::string_view text);
  void expect(std::string_view text);

  std::uint64_t number(std::string_view what, std::uint64_t maximum);
  /// A number, or nothing for "*".
  std::optional<std::uint32_t> number_or_any(std::string_view what);
  /// Letters, digits, and any of `also`.
  std::string word(std::string_view what, std::string_view also = "_");
  /// The word that word() would return.
  std::string peek_word(std::string_view also = "_");
  /// Text in double quotes, with \n, \r, \t, \", \\ and \xHH.
  std::string quoted();
  /// The text before `end`, which is skipped; nested brackets count.
  std::string until(char end);
  IpAddress address();
  MacAddress mac();

 private:
  std::string_view rest() const { return line_.substr(at_); }
  void skip_space();
  /// The length of `text` on the line from here; 0 if something else is next.
  std::size_t length_of(std::string_view text);

  std::string_view line_;
  std::size_t at_ = 0;
  std::optional<std::string> error_;
  std::size_t error_column_ = 0;
};

}  // namespace apiary::script
