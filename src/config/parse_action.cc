#include "config/parse_action.h"

#include <fmt/format.h>

#include "config/words.h"

namespace apiary {
namespace {

using Action = std::optional<Located<PortAction>>;

PortAction service(ServiceSpec spec) {
  return std::make_shared<const ServiceSpec>(std::move(spec));
}

std::optional<PortAction> accept_simple_action(TokenReader& reader) {
  if (reader.accept("block") || reader.accept("filtered")) return Block{};
  if (reader.accept("reset") || reader.accept("closed")) return Reset{};
  if (reader.accept("open")) return Open{};
  return {};
}

/// The rest of `proxy HOST:PORT`, in which quotes, and spaces around the colon, change nothing.
Action parse_proxy_target(TokenReader& reader) {
  constexpr std::string_view what = "HOST:PORT";
  if (reader.at_statement_end()) return reader.fail_expected(what);
  const Token& first = reader.take();
  std::string target = unescaped(first);
  if (target.find(':') == std::string::npos && reader.next().kind == TokenKind::word &&
      reader.next().text.front() == ':')
    target += reader.take().text;
  if (target.ends_with(':') && !reader.at_statement_end()) target += unescaped(reader.take());

  const Span place = joined(first.place, reader.previous().place);
  auto checked = read_proxy_target(target);
  if (checked) {
    target = *std::move(checked);
  } else {
    reader.report_bad_value(place, std::move(checked.error()));
  }
  return Located<PortAction>{service(Proxy{std::move(target)}), place};
}

Action parse_quoted_command(TokenReader& reader) {
  const Token& token = reader.take();
  std::string command = unescaped(token);
  if (command.find_first_not_of(" \t") == std::string::npos)
    reader.report_bad_value(token.place, {"the command is empty"});
  if (command.find("$date") != std::string::npos)
    reader.warn(token.place, {"$date is not supported yet; it stays as it is written"});
  return Located<PortAction>{service(Script{std::move(command)}), token.place};
}

bool is_command_word(std::string_view text) {
  const bool is_path = text.starts_with('/') || text.starts_with('.');
  return is_plain_word(is_path ? fmt::format("x{}", text) : std::string{text});
}

/// A command without quotes; its hint, if any, comes of the actions that were tried before.
Action parse_bare_command(TokenReader& reader) {
  const std::string hint = reader.did_you_mean();
  const Token& token = reader.take();
  if (!hint.empty())
    reader.warn(token.place, {fmt::format("'{}' is taken for a command", token.text), hint});
  return Located<PortAction>{service(Script{std::string{token.text}}), token.place};
}

/// Whether the next words are an action of Honeyd's that this build lacks; reports it if so.
bool fails_as_unsupported(TokenReader& reader) {
  for (const std::string_view word : {"tarpit", "internal"}) {
    if (!reader.accept(word)) continue;
    reader.fail_unsupported(reader.previous(), fmt::format("'{}'", word));
    return true;
  }
  return false;
}

}  // namespace

Action parse_port_action(TokenReader& reader) {
  if (auto simple = accept_simple_action(reader))
    return Located<PortAction>{*std::move(simple), reader.previous().place};
  if (reader.accept("proxy")) return parse_proxy_target(reader);
  if (fails_as_unsupported(reader)) return {};
  const Token& next = reader.next();
  if (next.kind == TokenKind::quoted) return parse_quoted_command(reader);
  if (!reader.at_statement_end() && !is_reserved_word(next.text) && is_command_word(next.text))
    return parse_bare_command(reader);
  return reader.fail_expected("'block', 'reset', 'open', 'proxy' or a command in quotes");
}

Action parse_default_action(TokenReader& reader, IpProtocol protocol) {
  if (auto simple = accept_simple_action(reader))
    return Located<PortAction>{*std::move(simple), reader.previous().place};
  if (protocol == IpProtocol::icmp) return reader.fail_expected("'block', 'reset' or 'open'");
  if (reader.accept("proxy")) return parse_proxy_target(reader);
  if (fails_as_unsupported(reader)) return {};
  if (reader.next().kind == TokenKind::quoted) return parse_quoted_command(reader);
  return reader.fail_expected("'block', 'reset', 'open', 'proxy' or a command in quotes");
}

}  // namespace apiary
