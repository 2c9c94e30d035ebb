#include "config/token_reader.h"

#include <fmt/format.h>

#include "config/nearest.h"
#include "config/words.h"

namespace apiary {
namespace {

/// The place just after a token, where something is missing.
Span after(const Token& token) { return {token.place.end, token.place.end}; }

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

std::nullopt_t TokenReader::fail_expected(std::string_view what) {
  if (at_statement_end())
    return fail(after(previous()),
                {fmt::format("expected {} after {}", what, quoted_in_message(previous()))});
  const bool is_keyword = next().kind == TokenKind::word && is_reserved_word(next().text);
  return fail(next().place,
              {fmt::format("expected {}, found {}{}", what, is_keyword ? "the keyword " : "",
                           quoted_in_message(next())),
               did_you_mean()});
}

std::nullopt_t TokenReader::fail_unsupported(const Token& first, std::string_view what) {
  return fail(joined(first.place, previous().place),
              {fmt::format("{} is not supported yet", what)});
}

std::nullopt_t TokenReader::fail(Span place, Complaint complaint) {
  diagnostics_.push_back(
      {Severity::error, place, std::move(complaint.message), std::move(complaint.hint)});
  return std::nullopt;
}

void TokenReader::report_bad_value(Span place, Complaint complaint) {
  has_bad_value_ = true;
  fail(place, std::move(complaint));
}

void TokenReader::warn(Span place, Complaint complaint) {
  diagnostics_.push_back(
      {Severity::warning, place, std::move(complaint.message), std::move(complaint.hint)});
}

template <class T>
std::optional<Located<T>> TokenReader::checked(tl::expected<T, Complaint> value, Span place) {
  if (value) return Located<T>{*std::move(value), place};
  report_bad_value(place, std::move(value.error()));
  return Located<T>{{}, place};  // of a statement that is broken now
}

/// A word that does not even resemble a value is not read over: the value is probably missing.
template <class T>
std::optional<Located<T>> TokenReader::value(std::string_view what,
                                             tl::expected<T, Complaint> (*read)(std::string_view)) {
  const std::string_view text = next().text;
  if (next().kind != TokenKind::word || at_statement_end() ||
      !(begins_with_digit(text) || text.front() == '-'))
    return fail_expected(what);
  const Token& token = take();
  return checked(read(token.text), token.place);
}

std::optional<Located<IpAddress>> TokenReader::address(std::string_view what) {
  if (next().kind == TokenKind::quoted)
    return fail(next().place, {"a host name in place of an address is not supported yet",
                               "write the address in numbers, such as 10.0.0.1"});
  return value<IpAddress>(what, read_machine_address);
}

std::optional<Located<IpPrefix>> TokenReader::network() {
  return value<IpPrefix>("a network such as 10.0.0.0/24", read_network);
}

std::optional<Located<Port>> TokenReader::port() {
  return value<Port>("a port number from 1 to 65535", read_port);
}

std::optional<Located<Probability>> TokenReader::loss() {
  return value<Probability>("a percentage from 0 to 100", read_loss);
}

std::optional<Located<Duration>> TokenReader::latency() {
  constexpr std::string_view what = "a latency such as 55ms";
  const bool unit_apart = next().kind == TokenKind::word && begins_with_digit(next().text) &&
                          tokens_[at_ + 1].is("ms");  // `55 ms`
  if (!unit_apart) return value<Duration>(what, read_latency);
  const Token& number = take();
  const Token& unit = take();
  return checked(read_latency(std::string{number.text} + "ms"), joined(number.place, unit.place));
}

std::optional<TemplateName> TokenReader::template_name(bool is_new) {
  const Token& token = next();
  if (token.kind == TokenKind::end || at_statement_end() ||
      (token.kind == TokenKind::word && is_reserved_word(token.text)))
    return fail_expected("the name of a template");
  take();

  const bool is_address = token.kind == TokenKind::word && parse_ip_address(token.text);
  if (is_address && !is_new)
    return fail_unsupported(token, "a bound address in place of a template");
  const bool is_good = token.kind == TokenKind::word && is_plain_word(token.text);
  if (!is_good && bad_names_.insert(token.text).second)
    fail(token.place,
         {fmt::format("{} cannot be the name of a template", quoted_in_message(token)),
          "a name begins with a letter; letters, digits and . _ - / ( ) * $ follow, no quotes"});
  return TemplateName{token.text, token.place};
}

}  // namespace apiary
