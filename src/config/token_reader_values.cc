// How a TokenReader reads values: addresses, ports, numbers, texts.
#include <fmt/format.h>

#include "config/address_values.h"
#include "config/keywords.h"
#include "config/plain_word.h"
#include "config/port_values.h"
#include "config/quantity_values.h"
#include "config/token_reader.h"

namespace apiary {

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

}  // namespace apiary
