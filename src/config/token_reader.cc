#include "config/token_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "config/foreign_syntax.h"
#include "config/keywords.h"
#include "config/nearest.h"
#include "config/plain_word.h"

namespace apiary {
namespace {

/// The place directly after a token, where something is missing.
Span after(const Token& token) { return {token.place.end, token.place.end}; }

std::string name_hint(const Token& token) {
  std::string hint = token.kind == TokenKind::word ? foreign_word_hint(token.text) : std::string{};
  if (token.kind == TokenKind::quoted && is_plain_word(token.text))
    hint = fmt::format("write it without quotes: {}", token.text);
  if (hint.empty())
    hint = "a name begins with a letter; letters, digits and . _ - / ( ) * $ follow, no quotes";
  return hint;
}

std::string shortened(std::string_view text) {
  constexpr std::size_t longest = 60;
  return text.size() <= longest ? std::string{text} : std::string{text.substr(0, longest)} + "...";
}

}  // namespace

std::string quoted_in_message(const Token& token) {
  switch (token.kind) {
    case TokenKind::word:
      return fmt::format("'{}'", shortened(token.text));
    case TokenKind::quoted:
      return fmt::format("\"{}\"", shortened(token.text));
    case TokenKind::end:
      return "the end of the file";
  }
  return {};
}

const Token& TokenReader::take() {
  tried_.clear();
  return tokens_[at_++];
}

bool TokenReader::accept(std::string_view word) {
  assert(word == "=" || is_language_word(word));  // completion and syntax colouring have only these
  if (next().is(word)) {
    take();
    return true;
  }
  tried_.push_back(word);
  return false;
}

bool TokenReader::at_statement_end() const {
  return next().kind == TokenKind::end ||
         (next().starts_line && next().kind == TokenKind::word && is_statement_word(next().text));
}

std::string TokenReader::did_you_mean() const {
  if (next().kind != TokenKind::word) return {};
  const std::string_view nearest = nearest_word(next().text, tried_);
  return nearest.empty() ? std::string{} : fmt::format("did you mean '{}'?", nearest);
}

std::string TokenReader::words_ahead() const {
  std::string words;
  for (std::size_t i = at_; tokens_[i].kind == TokenKind::word; ++i) {
    const Token& token = tokens_[i];
    if (i != at_ && (token.starts_line || is_reserved_word(token.text))) break;
    words += words.empty() ? "" : " ";
    words += token.text;
  }
  return words;
}

std::nullopt_t TokenReader::fail_expected(std::string_view what, std::string hint) {
  if (at_statement_end())
    return fail(after(previous()),
                {fmt::format("expected {} after {}", what, quoted_in_message(previous()))});
  const bool is_keyword = next().kind == TokenKind::word && is_reserved_word(next().text);
  if (std::string meant = did_you_mean(); !meant.empty())
    hint = std::move(meant);
  else if (next().kind == TokenKind::word && hint.empty())
    hint = foreign_word_hint(next().text);
  if (hint.empty() && !is_keyword && next().kind == TokenKind::word && what.ends_with("in quotes"))
    hint = fmt::format("write \"{}\"", shortened(words_ahead()));
  return fail(next().place,
              {fmt::format("expected {}, found {}{}", what, is_keyword ? "the keyword " : "",
                           quoted_in_message(next())),
               std::move(hint)});
}

std::nullopt_t TokenReader::fail(Span place, ValueError error) {
  diagnostics_.push_back({Severity::error, place, std::move(error.message), std::move(error.hint)});
  return std::nullopt;
}

void TokenReader::report_bad_value(Span place, ValueError error) {
  has_bad_value_ = true;
  fail(place, std::move(error));
}

void TokenReader::warn(Span place, ValueError error) {
  diagnostics_.push_back(
      {Severity::warning, place, std::move(error.message), std::move(error.hint)});
}

std::optional<TemplateName> TokenReader::plain_word(std::string_view what) {
  if (next().kind != TokenKind::word || at_statement_end() || is_reserved_word(next().text))
    return fail_expected(what);
  const Token& token = take();
  return TemplateName{token.text, token.place};
}

Located<std::string> TokenReader::joined_range(std::initializer_list<std::string_view> units) {
  const Token& first = take();
  std::string text{first.text};
  const auto goes_on = [&] {
    if (next().kind == TokenKind::end) return false;
    if (text.ends_with('-') && !text.empty()) return !at_statement_end();
    if (next().kind != TokenKind::word) return false;
    return next().text.front() == '-' ||
           std::find(units.begin(), units.end(), next().text) != units.end();
  };
  while (goes_on()) text += take().text;
  return {std::move(text), joined(first.place, previous().place)};
}

std::optional<TemplateName> TokenReader::template_name(bool is_new) {
  const Token& token = next();
  if (token.kind == TokenKind::end || at_statement_end() ||
      (token.kind == TokenKind::word && is_reserved_word(token.text)))
    return fail_expected("the name of a template");
  take();

  const bool is_address = parse_ip_address(token.text).has_value();
  if (is_address && !is_new) return TemplateName{token.text, token.place};
  const bool is_good = token.kind == TokenKind::word && is_plain_word(token.text);
  if (!is_good && bad_names_.insert(token.text).second)
    fail(token.place, {fmt::format("{} cannot be the name of a template", quoted_in_message(token)),
                       name_hint(token)});
  return TemplateName{token.text, token.place};
}

}  // namespace apiary
