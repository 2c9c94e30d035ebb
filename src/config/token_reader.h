#pragma once

#include <optional>
#include <string_view>
#include <tl/expected.hpp>
#include <unordered_set>
#include <vector>

#include "config/diagnostic.h"
#include "config/statement.h"
#include "config/token.h"
#include "config/values.h"

namespace apiary {

/// Walks over the tokens of a configuration for the functions that parse statements, and says what
/// is wrong with them. A function that returns nothing has reported why, and its statement ends
/// there; a bad value, though, is reported and read over, and only marks the statement as broken.
class TokenReader {
 public:
  /// `tokens` ends with an end token.
  TokenReader(std::vector<Token> tokens, Diagnostics& diagnostics)
      : tokens_(std::move(tokens)), diagnostics_(diagnostics) {}

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
  std::optional<Located<Port>> port();
  std::optional<Located<Probability>> loss();
  std::optional<Located<Duration>> latency();
  /// The name of a template; `is_new` when the statement makes it.
  std::optional<TemplateName> template_name(bool is_new = false);

  /// Reports that `what` should come next.
  std::nullopt_t fail_expected(std::string_view what);
  /// Reports that what was taken since `first` is Honeyd's, and not ours yet.
  std::nullopt_t fail_unsupported(const Token& first, std::string_view what);
  std::nullopt_t fail(Span place, Complaint complaint);
  /// As fail(), but the statement can be read on.
  void report_bad_value(Span place, Complaint complaint);
  void warn(Span place, Complaint complaint);
  /// "did you mean ...?", by the words that were tried; empty when none is near the next token.
  std::string did_you_mean() const;

  // For the parser, which cuts the tokens into statements.
  std::size_t position() const { return at_; }
  const std::vector<Token>& tokens() const { return tokens_; }
  void begin_statement() { has_bad_value_ = false; }
  bool has_bad_value() const { return has_bad_value_; }

 private:
  template <class T>
  std::optional<Located<T>> value(std::string_view what,
                                  tl::expected<T, Complaint> (*read)(std::string_view));
  template <class T>
  std::optional<Located<T>> checked(tl::expected<T, Complaint> value, Span place);

  std::vector<Token> tokens_;
  Diagnostics& diagnostics_;
  std::size_t at_ = 0;
  std::vector<std::string_view> tried_;  // in vain, at this position
  bool has_bad_value_ = false;
  std::unordered_set<std::string_view> bad_names_;  // that were reported
};

/// How a diagnostic names a token: 'word', "text", or the end of the file.
std::string quoted_in_message(const Token& token);

}  // namespace apiary
