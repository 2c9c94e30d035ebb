#include "config/parse_template.h"

#include <fmt/format.h>

#include "config/parse_action.h"

namespace apiary {
namespace {

using Content = std::optional<StatementContent>;

std::optional<IpProtocol> accept_port_protocol(TokenReader& reader) {
  if (reader.accept("tcp")) return IpProtocol::tcp;
  if (reader.accept("udp")) return IpProtocol::udp;
  return {};
}

/// Whether the next word is one of `words`, all of Honeyd's and not ours yet; reports it if so, as
/// `what` or else by the statement's own words.
bool fails_as_unsupported(TokenReader& reader, const Token& first,
                          std::initializer_list<std::string_view> words,
                          std::string_view what = {}) {
  for (const std::string_view word : words) {
    if (!reader.accept(word)) continue;
    reader.fail_unsupported(
        first, what.empty() ? fmt::format("'{} ... {}'", first.text, word) : std::string{what});
    return true;
  }
  return false;
}

Content parse_set_personality(TokenReader& reader, const Token& first, TemplateName target) {
  if (fails_as_unsupported(reader, first, {"random"}, "a random personality")) return {};
  if (reader.next().kind != TokenKind::quoted)
    return reader.fail_expected("the name of an operating system in quotes");
  const Token& name = reader.take();
  return SetPersonality{target, {unescaped(name), name.place}};
}

Content parse_set_default(TokenReader& reader, TemplateName target) {
  auto protocol = accept_port_protocol(reader);
  if (!protocol && reader.accept("icmp")) protocol = IpProtocol::icmp;
  if (!protocol) return reader.fail_expected("'tcp', 'udp' or 'icmp'");
  reader.accept("action");  // may be left out
  auto action = parse_default_action(reader, *protocol);
  if (!action) return {};
  return SetDefaultAction{target, *protocol, *std::move(action)};
}

}  // namespace

Content parse_create(TokenReader& reader) {
  const auto name = reader.template_name(true);
  if (!name) return {};
  return CreateTemplate{*name};
}

Content parse_clone(TokenReader& reader) {
  const auto name = reader.template_name(true);
  if (!name) return {};
  const auto original = reader.template_name();
  if (!original) return {};
  return CloneTemplate{*name, *original};
}

Content parse_set(TokenReader& reader) {
  const Token& first = reader.previous();
  const auto target = reader.template_name();
  if (!target) return {};
  if (reader.accept("personality")) return parse_set_personality(reader, first, *target);
  if (reader.accept("default")) return parse_set_default(reader, *target);
  if (fails_as_unsupported(reader, first,
                           {"ethernet", "uptime", "droprate", "uid", "maxfds", "spoof"}))
    return {};
  return reader.fail_expected("'personality' or 'default'");
}

Content parse_add(TokenReader& reader) {
  const Token& first = reader.previous();
  const auto target = reader.template_name();
  if (!target) return {};
  const auto protocol = accept_port_protocol(reader);
  if (!protocol) {
    if (fails_as_unsupported(reader, first, {"use", "otherwise", "subsystem"})) return {};
    return reader.fail_expected("'tcp' or 'udp'");
  }
  if (!reader.accept("port")) return reader.fail_expected("'port'");
  const auto port = reader.port();
  if (!port) return {};
  auto action = parse_port_action(reader);
  if (!action) return {};
  return AddPort{*target, *protocol, *port, *std::move(action)};
}

Content parse_bind(TokenReader& reader) {
  const Token& first = reader.previous();
  if (fails_as_unsupported(reader, first, {"source", "time", "tcp", "udp", "icmp", "otherwise"},
                           "binding on a condition"))
    return {};
  const Token& where = reader.next();
  if (where.kind == TokenKind::word && where.text.find('/') != std::string_view::npos &&
      parse_ip_prefix(where.text)) {
    reader.take();
    return reader.fail(where.place,
                       {"binding a whole network is not supported yet",
                        "the template 'default' answers for every address that is not bound"});
  }
  const auto address = reader.address("the address to bind");
  if (!address || fails_as_unsupported(reader, first, {"to"}, "binding to an interface")) return {};
  const auto target = reader.template_name();
  if (!target) return {};
  return BindAddress{*address, *target};
}

}  // namespace apiary
