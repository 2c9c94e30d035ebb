#include "config/token_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "config/address_values.h"
#include "config/foreign_syntax.h"
#include "config/keywords.h"
#include "config/nearest.h"
#include "config/plain_word.h"
#include "config/port_values.h"
#include "config/quantity_values.h"

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

std::nullopt_t TokenReader::fail(Span place, ValueError complaint) {
  diagnostics_.push_back(
      {Severity::error, place, std::move(complaint.message), std::move(complaint.hint)});
  return std::nullopt;
}

void TokenReader::report_bad_value(Span place, ValueError complaint) {
  has_bad_value_ = true;
  fail(place, std::move(complaint));
}

void TokenReader::warn(Span place, ValueError complaint) {
  diagnostics_.push_back(
      {Severity::warning, place, std::move(complaint.message), std::move(complaint.hint)});
}

/// Does not skip a word that resembles no value: the value is probably missing.
template <class T>
std::optional<Located<T>> TokenReader::value(
    std::string_view what, tl::expected<T, ValueError> (*read)(std::string_view)) {
  if (!at_number()) return fail_expected(what);
  const Token& token = take();
  return checked(read(token.text), token.place);
}

bool TokenReader::at_number() const {
  const std::string_view text = next().text;
  if (next().kind == TokenKind::quoted) return begins_with_digit(text);
  return next().kind == TokenKind::word && !at_statement_end() &&
         (begins_with_digit(text) || text.front() == '-');
}

Located<std::string> TokenReader::joined_network() {
  const Token& first = take();
  std::string text{first.text};
  while (next().kind == TokenKind::word && (next().text.front() == '/' || text.ends_with('/')) &&
         !at_statement_end())
    text += take().text;
  return {std::move(text), joined(first.place, previous().place)};
}

void TokenReader::warn_of_host_bits(const Located<std::string>& network) {
  if (auto remark = remark_on_host_bits(network.value)) warn(network.place, *std::move(remark));
}

std::optional<Located<IpAddress>> TokenReader::address(std::string_view what) {
  if (next().kind == TokenKind::quoted && !at_number())
    return fail(next().place,
                {"an address cannot be given by a name", "write it in numbers, such as 10.0.0.1"});
  return value<IpAddress>(what, read_machine_address);
}

std::optional<Located<IpPrefix>> TokenReader::network() {
  if (!at_number()) return fail_expected("a network such as 10.0.0.0/24");
  const Located<std::string> text = joined_network();
  warn_of_host_bits(text);
  return checked(read_network(text.value), text.place);
}

std::optional<Located<Port>> TokenReader::port() {
  return value<Port>("a port number from 1 to 65535", read_port);
}

std::optional<Located<AddressRange>> TokenReader::addresses(std::string_view what) {
  const bool is_several =
      at_number() && (next().text.find_first_of("/-") != std::string_view::npos ||
                      (after_next().kind == TokenKind::word && after_next().text.front() == '/'));
  if (is_several) {
    const Located<std::string> text = joined_network();
    warn_of_host_bits(text);
    return checked(read_address_range(text.value), text.place);
  }
  const auto one = address(what);
  if (!one) return {};
  return Located<AddressRange>{{one->value, one->value}, one->place};
}

std::optional<Located<PortRange>> TokenReader::ports(IpProtocol protocol) {
  constexpr std::string_view what = "a port number from 1 to 65535";
  if (next().kind != TokenKind::word || at_statement_end() || is_reserved_word(next().text))
    return fail_expected(what);
  const bool is_name = !begins_with_digit(next().text) && next().text.front() != '-';
  if (is_name && !is_plain_word(next().text)) return fail_expected(what);
  const Token& token = take();
  return checked(read_ports(token.text, protocol, port_names_), token.place);
}

std::optional<Located<Probability>> TokenReader::percentage(std::string_view noun) {
  const std::string_view text = next().text;
  if (next().kind != TokenKind::word || at_statement_end() ||
      !(begins_with_digit(text) || text.front() == '-'))
    return fail_expected("a percentage from 0 to 100");
  const Token& token = take();
  return checked(read_percentage(token.text, noun), token.place);
}

std::optional<Located<Duration>> TokenReader::milliseconds_of(std::string_view noun) {
  const std::string_view text = next().text;
  if (next().kind != TokenKind::word || at_statement_end() ||
      !(begins_with_digit(text) || text.front() == '-'))
    return fail_expected(fmt::format("a {} such as 55ms", noun));
  const Token& number = take();
  if (!next().is("ms")) return checked(read_milliseconds(number.text, noun), number.place);
  const Token& unit = take();  // `55 ms`
  return checked(read_milliseconds(std::string{number.text} + "ms", noun),
                 joined(number.place, unit.place));
}

std::optional<Located<std::uint32_t>> TokenReader::number(std::string_view what,
                                                          std::uint32_t least, std::uint32_t most) {
  const std::string_view text = next().text;
  if (next().kind != TokenKind::word || at_statement_end() ||
      !(begins_with_digit(text) || text.front() == '-'))
    return fail_expected(what);
  const Token& token = take();
  return checked(read_number(token.text, what, least, most), token.place);
}

std::optional<Located<std::uint64_t>> TokenReader::size(std::string_view what, std::uint64_t least,
                                                        std::uint64_t most) {
  if (!at_number()) return fail_expected(what);
  const Token& token = take();
  return checked(read_size(token.text, what, least, most), token.place);
}

std::optional<Located<std::string>> TokenReader::quoted(std::string_view what) {
  if (next().kind != TokenKind::quoted) return fail_expected(what);
  const Token& token = take();
  std::string text = unescaped(token);
  if (text.find_first_not_of(" \t") == std::string::npos)
    report_bad_value(token.place, {fmt::format("expected {}, found nothing in the quotes", what)});
  return Located<std::string>{std::move(text), token.place};
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
