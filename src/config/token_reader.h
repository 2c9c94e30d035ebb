#pragma once

#include <algorithm>
#include <optional>
#include <string_view>
#include <tl/expected.hpp>
#include <unordered_set>
#include <vector>

#include "config/diagnostic.h"
#include "config/port_names.h"
#include "config/statement.h"
#include "config/token.h"
#include "config/value_error.h"

namespace apiary {

/// Reads the tokens of a configuration for the functions that parse statements, and reports errors.
/// A function that returns nothing has reported an error, and the statement ends there. A bad value
/// is reported and skipped, and marks the statement as broken.
class TokenReader {
 public:
  /// `tokens` ends with an end token; the other arguments must outlive the reader.
  TokenReader(std::vector<Token> tokens, const PortNames& port_names, Diagnostics& diagnostics)
      : tokens_(std::move(tokens)), port_names_(port_names), diagnostics_(diagnostics) {}

  const Token& next() const { return tokens_[at_]; }
  /// The last token taken. REQUIRES: there is one.
  const Token& previous() const { return tokens_[at_ - 1]; }
  const Token& take();
  /// Takes the next token if it is `word`. Remembers rejected words for "did you mean" hints.
  bool accept(std::string_view word);
  /// Whether the next token cannot belong to the current statement.
  bool at_statement_end() const;

  std::optional<Located<IpAddress>> address(std::string_view what);
  std::optional<Located<IpPrefix>> network();
  /// An address, a prefix or a range a-b.
  std::optional<Located<AddressRange>> addresses(std::string_view what);
  std::optional<Located<Port>> port();
  /// A port by number or name, or a range of them.
  std::optional<Located<PortRange>> ports(IpProtocol protocol);
  std::optional<Located<Probability>> loss() { return percentage("loss"); }
  /// A percentage; `noun` names it in messages.
  std::optional<Located<Probability>> percentage(std::string_view noun);
  std::optional<Located<Duration>> latency() { return milliseconds_of("latency"); }
  /// A time in milliseconds; `noun` names it in messages.
  std::optional<Located<Duration>> milliseconds_of(std::string_view noun);
  /// A whole number from `least` to `most`; `what` names it in messages.
  std::optional<Located<std::uint32_t>> number(std::string_view what, std::uint32_t least,
                                               std::uint32_t most);
  /// A number of bytes from `least` to `most`, as 128M; `what` names it in messages.
  std::optional<Located<std::uint64_t>> size(std::string_view what, std::uint64_t least,
                                             std::uint64_t most);
  /// A non-empty text in quotes.
  std::optional<Located<std::string>> quoted(std::string_view what);
  /// A word that is not a keyword.
  std::optional<TemplateName> plain_word(std::string_view what);
  /// A value that may have spaces around `-` and before units: `5 ms - 9ms`. Returns it without
  /// them. REQUIRES: !at_statement_end().
  Located<std::string> joined_range(std::initializer_list<std::string_view> units);
  /// Returns the value in `value`. Reports its error at `place`, and continues.
  template <class T>
  std::optional<Located<T>> checked(tl::expected<T, ValueError> value, Span place) {
    if (value) return Located<T>{*std::move(value), place};
    report_bad_value(place, std::move(value.error()));
    return Located<T>{{}, place};  // the statement is broken now
  }
  /// The name of a template, or the address of a host; `is_new` if the statement creates it.
  std::optional<TemplateName> template_name(bool is_new = false);

  /// The words up to the end of the line or a keyword, joined as if they were quoted.
  std::string words_ahead() const;
  /// Reports that `what` is expected. `hint` is used if the actual word resembles no expected one.
  std::nullopt_t fail_expected(std::string_view what, std::string hint = {});
  std::nullopt_t fail(Span place, ValueError error);
  /// Like fail(), but parsing of the statement continues.
  void report_bad_value(Span place, ValueError error);
  void warn(Span place, ValueError error);
  /// "did you mean ...?" from the rejected words; empty if none is near the next token.
  std::string did_you_mean() const;

  // For the parser, which splits the tokens into statements.
  std::size_t position() const { return at_; }
  const std::vector<Token>& tokens() const { return tokens_; }
  /// The token after the next one; at the end of the file, the end token.
  const Token& after_next() const { return tokens_[std::min(at_ + 1, tokens_.size() - 1)]; }
  void begin_statement() { has_bad_value_ = false; }
  bool has_bad_value() const { return has_bad_value_; }

 private:
  /// Whether the next token begins like a number or an address, quoted or not.
  bool at_number() const;
  /// A network with optional spaces around `/`, as in Honeyd. REQUIRES: at_number().
  Located<std::string> joined_network();
  void warn_of_host_bits(const Located<std::string>& network);
  template <class T>
  std::optional<Located<T>> value(std::string_view what,
                                  tl::expected<T, ValueError> (*read)(std::string_view));

  std::vector<Token> tokens_;
  const PortNames& port_names_;
  Diagnostics& diagnostics_;
  std::size_t at_ = 0;
  std::vector<std::string_view> tried_;  // words rejected at this position
  bool has_bad_value_ = false;
  std::unordered_set<std::string_view> bad_names_;  // already reported
};

/// How a diagnostic names a token: 'word', "text", or the end of the file.
std::string quoted_in_message(const Token& token);

}  // namespace apiary
