#include "config/parse_action.h"

#include <fmt/format.h>

#include "config/words.h"
#include "session/command_words.h"

namespace apiary {
namespace {

using Action = std::optional<Located<ActionSpec>>;

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
  return Located<ActionSpec>{{service(Proxy{std::move(target)})}, place};
}

Action parse_quoted_command(TokenReader& reader) {
  const Token& token = reader.take();
  std::string command = unescaped(token);
  check_command(reader, token, command);
  return Located<ActionSpec>{{service(Script{std::move(command)})}, token.place};
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
  return Located<ActionSpec>{{service(Script{std::string{token.text}})}, token.place};
}

/// The rest of `internal "SERVICE"`.
Action parse_internal(TokenReader& reader) {
  auto script = reader.quoted("the name of a service in quotes");
  if (!script) return {};
  if (const auto built_in = built_in_called(script->value))
    return Located<ActionSpec>{{service(*built_in)}, script->place};
  return Located<ActionSpec>{{Open{}, false, std::move(script->value)}, script->place};
}

constexpr std::string_view expected_action =
    "'block', 'reset', 'open', 'proxy' or a command in quotes";

Action parse_tarpit_or(TokenReader& reader, bool takes_bare_command) {
  const Token& first = reader.next();
  const bool is_tarpit = reader.accept("tarpit");
  Action action;
  if (auto simple = accept_simple_action(reader)) {
    action = Located<ActionSpec>{{*std::move(simple)}, reader.previous().place};
  } else if (reader.accept("proxy")) {
    action = parse_proxy_target(reader);
  } else if (reader.accept("internal")) {
    action = parse_internal(reader);
  } else if (const Token& next = reader.next(); next.kind == TokenKind::quoted) {
    action = parse_quoted_command(reader);
  } else if (takes_bare_command && !reader.at_statement_end() && !is_reserved_word(next.text) &&
             is_command_word(next.text)) {
    action = parse_bare_command(reader);
  } else {
    return reader.fail_expected(expected_action);
  }
  if (!action || !is_tarpit) return action;
  action->value.is_tarpit = true;
  action->place = joined(first.place, action->place);
  if (std::holds_alternative<Block>(action->value.action) ||
      std::holds_alternative<Reset>(action->value.action))
    reader.warn(action->place, {"a port that takes no connections cannot hold them up: 'tarpit' "
                                "does nothing here"});
  return action;
}

/// Where in the source the character is that became `offset` of unescaped(quoted).
Span place_in(const Token& quoted, std::size_t offset) {
  std::size_t at = 0;
  for (std::size_t taken = 0; at < quoted.text.size(); ++at, ++taken) {
    const std::string_view two = quoted.text.substr(at, 2);
    if (two == "\\\"" || two == "\\\\") ++at;
    if (taken == offset) break;
  }
  const auto begin = static_cast<std::uint32_t>(quoted.place.begin + 1 + at);
  return {begin, begin + 1};
}

}  // namespace

void check_command(TokenReader& reader, const Token& quoted, std::string_view command) {
  const auto words = split_command(command);
  if (!words) {
    const auto& [mark, offset] = words.error();
    return reader.report_bad_value(
        place_in(quoted, offset),
        {fmt::format("the quotation mark {} in the command is not closed", mark),
         fmt::format("write the other one, or {} for the character itself",
                     mark == '"' ? R"(\\\")" : R"(\')")});
  }
  if (words->empty() || words->front().empty())
    reader.report_bad_value(quoted.place, {"the command is empty"});
}

Action parse_port_action(TokenReader& reader) { return parse_tarpit_or(reader, true); }

Action parse_default_action(TokenReader& reader, IpProtocol protocol) {
  if (protocol != IpProtocol::icmp) return parse_tarpit_or(reader, false);
  if (auto simple = accept_simple_action(reader))
    return Located<ActionSpec>{{*std::move(simple)}, reader.previous().place};
  return reader.fail_expected("'block', 'reset' or 'open'");
}

}  // namespace apiary
