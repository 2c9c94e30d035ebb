#include "config/parse_action.h"

#include <fmt/format.h>

#include "config/foreign_syntax.h"
#include "config/keywords.h"
#include "config/plain_word.h"
#include "config/proxy_values.h"
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

/// Why the target of `proxy` cannot be given the visitor's address in that way; empty: it can.
ValueError unfit_disclosure(const Proxy& proxy) {
  const std::string_view how = name_of(proxy.disclosure);
  if (proxy.disclosure == VisitorDisclosure::none) return {};
  if (proxy.target.starts_with("$ipsrc:"))
    return {proxy.disclosure == VisitorDisclosure::transparent
                ? "a connection to the visitor cannot come from the visitor's own address"
                : "the visitor would receive the header, and know that this is a honeypot",
            fmt::format("leave '{}' out", how)};
  if (proxy.disclosure == VisitorDisclosure::transparent && is_socket_path(proxy.target))
    return {"a Unix socket has no addresses, so 'transparent' is impossible",
            "write 'proxy-protocol'"};
  return {};
}

/// Parses [proxy-protocol | transparent].
void parse_disclosure(TokenReader& reader, Proxy& proxy) {
  const auto accept_one = [&] {
    for (const VisitorDisclosure one :
         {VisitorDisclosure::proxy_protocol, VisitorDisclosure::transparent}) {
      if (!reader.accept(name_of(one))) continue;
      proxy.disclosure = one;
      return true;
    }
    return false;
  };
  if (!accept_one()) return;
  const Span place = reader.previous().place;
  if (accept_one())
    return reader.report_bad_value(reader.previous().place,
                                   {"the target learns the visitor's address in one way",
                                    "write either 'proxy-protocol' or 'transparent'"});
  if (ValueError unfit = unfit_disclosure(proxy); !unfit.message.empty())
    reader.report_bad_value(place, std::move(unfit));
}

/// Parses the rest of `proxy TARGET [proxy-protocol | transparent]`. Quotes and spaces around the
/// colon are optional.
Action parse_proxy(TokenReader& reader) {
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
  Proxy proxy{std::move(target)};
  parse_disclosure(reader, proxy);
  return Located<ActionSpec>{{service(std::move(proxy))}, place};
}

Action parse_quoted_command(TokenReader& reader) {
  const Token& token = reader.take();
  std::string command = unescaped(token);
  const bool is_closed = token.place.end - token.place.begin >= token.text.size() + 2;
  if (is_closed) check_command(reader, token, command);  // else the missing quote was reported
  return Located<ActionSpec>{{service(Script{std::move(command)})}, token.place};
}

bool is_command_word(std::string_view text) {
  const bool is_path = text.starts_with('/') || text.starts_with('.');
  return is_plain_word(is_path ? fmt::format("x{}", text) : std::string{text});
}

/// What to write instead of a firewall's word; empty if it is none.
std::string action_hint(std::string_view word) {
  const std::string_view action = action_called(word);
  return action.empty() ? std::string{} : fmt::format("write '{}'", action);
}

/// Parses a command without quotes. Its hint, if any, comes from the rejected actions.
Action parse_bare_command(TokenReader& reader) {
  std::string hint = action_hint(reader.next().text);
  if (hint.empty()) hint = reader.did_you_mean();
  const Token& token = reader.take();
  if (!hint.empty())
    reader.warn(token.place, {fmt::format("'{}' is taken for a command", token.text), hint});
  return Located<ActionSpec>{{service(Script{std::string{token.text}})}, token.place};
}

/// Parses the rest of `internal "SERVICE"`.
Action parse_internal(TokenReader& reader) {
  auto script = reader.quoted("the name of a service in quotes");
  if (!script) return {};
  if (const auto built_in = built_in_called(script->value))
    return Located<ActionSpec>{{service(*built_in)}, script->place};
  return Located<ActionSpec>{{Open{}, false, std::move(script->value)}, script->place};
}

constexpr std::string_view expected_action =
    "'block', 'reset', 'open', 'proxy' or a command in quotes";

/// Reports that an action should come next.
std::nullopt_t fail_expected_action(TokenReader& reader) {
  const Token& next = reader.next();
  if (next.kind != TokenKind::word) return reader.fail_expected(expected_action);
  if (next.text == "action") return reader.fail_expected(expected_action, "leave 'action' out");
  std::string hint = action_hint(next.text);
  if (hint.empty()) hint = foreign_word_hint(next.text);
  if (hint.empty() && !is_reserved_word(next.text))
    hint = fmt::format("write \"{}\"", reader.words_ahead());
  return reader.fail_expected(expected_action, std::move(hint));
}

Action parse_any_action(TokenReader& reader) {
  const Token& first = reader.next();
  const bool is_tarpit = reader.accept("tarpit");
  Action action;
  if (auto simple = accept_simple_action(reader)) {
    action = Located<ActionSpec>{{*std::move(simple)}, reader.previous().place};
  } else if (reader.accept("proxy")) {
    action = parse_proxy(reader);
  } else if (reader.accept("internal")) {
    action = parse_internal(reader);
  } else if (const Token& next = reader.next(); next.kind == TokenKind::quoted) {
    action = parse_quoted_command(reader);
  } else if (!reader.at_statement_end() && !is_reserved_word(next.text) &&
             is_command_word(next.text)) {
    action = parse_bare_command(reader);
  } else {
    return fail_expected_action(reader);
  }
  if (!action || !is_tarpit) return action;
  action->value.is_tarpit = true;
  action->place = joined(first.place, action->place);
  if (std::holds_alternative<Block>(action->value.action) ||
      std::holds_alternative<Reset>(action->value.action))
    reader.warn(action->place,
                {"a port that accepts no connections cannot slow them down: 'tarpit' "
                 "does nothing here"});
  return action;
}

/// The source offset of the character at `offset` of unescaped(quoted).
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
  if (words.empty() || words.front().empty())
    return reader.report_bad_value(quoted.place, {"the command is empty"});
  if (const auto doubt = find_doubtful_quote(command)) {
    const auto& [mark, offset, is_closed] = *doubt;
    reader.warn(
        place_in(quoted, offset),
        {is_closed ? "the two apostrophes enclose text, so the program gets neither"
                   : fmt::format("nothing closes this {}: it stands for itself", mark),
         fmt::format("write {} for the character itself", mark == '"' ? R"(\\\")" : R"(\')")});
  }
  if (ShellSyntax shell = shell_syntax(command); !shell.what.empty())
    reader.warn(quoted.place,
                {fmt::format("no shell runs the command: {} has no special meaning", shell.what),
                 std::move(shell.hint)});
}

Action parse_port_action(TokenReader& reader) { return parse_any_action(reader); }

Action parse_default_action(TokenReader& reader, IpProtocol protocol) {
  Action action = parse_any_action(reader);
  if (!action || protocol != IpProtocol::icmp) return action;
  const PortAction& found = action->value.action;
  const bool is_service = !std::holds_alternative<Block>(found) &&
                          !std::holds_alternative<Reset>(found) &&
                          !std::holds_alternative<Open>(found);
  if (!is_service && !action->value.is_tarpit && action->value.unknown_internal.empty())
    return action;
  reader.warn(action->place, {"ICMP has no services: this answers pings, as 'open' does",
                              "write 'open', or 'block' for no answers"});
  return Located<ActionSpec>{{Open{}}, action->place};
}

}  // namespace apiary
