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
#include "config/values.h"

namespace apiary {

/// Walks over the tokens of a configuration for the functions that parse statements, and says what
/// is wrong with them. A function that returns nothing has reported why, and its statement ends
/// there; a bad value, though, is reported and read over, and only marks the statement as broken.
class TokenReader {
 public:
  /// `tokens` ends with an end token; the others outlive it.
  TokenReader(std::vector<Token> tokens, const PortNames& port_names, Diagnostics& diagnostics)
      : tokens_(std::move(tokens)), port_names_(port_names), diagnostics_(diagnostics) {}

  const Token& next() const { return tokens_[at_]; }
  /// REQUIRES: a token was taken.
  const Token& previous() const { return tokens_[at_ - 1]; }
  const Token& take();
  /// Takes the next token when it is `word`. What was tried in vain is what might have been meant.
  bool accept(std::string_view word);
  /// Whether the next token surely belongs to no statement begun before it.
  bool at_statement_end() const;

  std::optional<Located<IpAddress>> address(std::string_view what);
  std::optional<Located<IpPrefix>> network();
  /// An address, a prefix or a range a-b.
  std::optional<Located<AddressRange>> addresses(std::string_view what);
  std::optional<Located<Port>> port();
  /// A port by number or name, or a range of them.
  std::optional<Located<PortRange>> ports(IpProtocol protocol);
  std::optional<Located<Probability>> loss() { return percentage("loss"); }
  /// A percentage of `noun`.
  std::optional<Located<Probability>> percentage(std::string_view noun);
  std::optional<Located<Duration>> latency() { return milliseconds_of("latency"); }
  /// A time in milliseconds that is called `noun`.
  std::optional<Located<Duration>> milliseconds_of(std::string_view noun);
  /// A whole number from `least` to `most`, which is called `what`.
  std::optional<Located<std::uint32_t>> number(std::string_view what, std::uint32_t least,
                                               std::uint32_t most);
  /// A text in quotes that is not empty.
  std::optional<Located<std::string>> quoted(std::string_view what);
  /// A word that no keyword is.
  std::optional<TemplateName> plain_word(std::string_view what);
  /// One value that may be cut by spaces around `-`, and before its units: `5 ms - 9ms`. Gives it
  /// without them. REQUIRES: !at_statement_end().
  Located<std::string> joined_range(std::initializer_list<std::string_view> units);
  /// Passes on what `value` holds. What it complains of is reported at `place`, and read over.
  template <class T>
  std::optional<Located<T>> checked(tl::expected<T, ValueError> value, Span place) {
    if (value) return Located<T>{*std::move(value), place};
    report_bad_value(place, std::move(value.error()));
    return Located<T>{{}, place};  // of a statement that is broken now
  }
  /// The name of a template, or the address of a host; `is_new` when the statement makes it.
  std::optional<TemplateName> template_name(bool is_new = false);

  /// The words from the next one to the end of its line or to a keyword, as they would be quoted.
  std::string words_ahead() const;
  /// Reports that `what` should come next. `hint`: what to do about what is there instead, when no
  /// word is near it.
  std::nullopt_t fail_expected(std::string_view what, std::string hint = {});
  std::nullopt_t fail(Span place, ValueError complaint);
  /// As fail(), but the statement can be read on.
  void report_bad_value(Span place, ValueError complaint);
  void warn(Span place, ValueError complaint);
  /// "did you mean ...?", by the words that were tried; empty when none is near the next token.
  std::string did_you_mean() const;

  // For the parser, which cuts the tokens into statements.
  std::size_t position() const { return at_; }
  const std::vector<Token>& tokens() const { return tokens_; }
  /// The token behind the next one; at the end of the file that end.
  const Token& after_next() const { return tokens_[std::min(at_ + 1, tokens_.size() - 1)]; }
  void begin_statement() { has_bad_value_ = false; }
  bool has_bad_value() const { return has_bad_value_; }

 private:
  /// Whether the next token begins as a number or an address does, in quotes or without.
  bool at_number() const;
  /// A network whose `/` may stand apart, as Honeyd reads it. REQUIRES: at_number().
  Located<std::string> joined_network();
  void warn_of_host_bits(const Located<std::string>& network);
  template <class T>
  std::optional<Located<T>> value(std::string_view what,
                                  tl::expected<T, ValueError> (*read)(std::string_view));

  std::vector<Token> tokens_;
  const PortNames& port_names_;
  Diagnostics& diagnostics_;
  std::size_t at_ = 0;
  std::vector<std::string_view> tried_;  // in vain, at this position
  bool has_bad_value_ = false;
  std::unordered_set<std::string_view> bad_names_;  // that were reported
};

/// How a diagnostic names a token: 'word', "text", or the end of the file.
std::string quoted_in_message(const Token& token);

}  // namespace apiary
