#include "config/parse_template.h"

#include <fmt/format.h>

#include "config/keywords.h"
#include "config/parse_action.h"
#include "config/parse_condition.h"
#include "config/plain_word.h"

namespace apiary {
namespace {

using Content = std::optional<StatementContent>;

std::optional<IpProtocol> accept_port_protocol(TokenReader& reader) {
  if (reader.accept("tcp")) return IpProtocol::tcp;
  if (reader.accept("udp")) return IpProtocol::udp;
  return {};
}

/// What to write instead of something that cannot be added.
std::string hint_on_addition(const TokenReader& reader, std::string_view target) {
  const Token& next = reader.next();
  if (next.is("port") || begins_with_digit(next.text))
    return fmt::format("write: add {} tcp port ...", target);
  if (next.is("icmp"))
    return fmt::format("ICMP has no ports: set {} default icmp action open", target);
  if (is_trait_word(next.text)) return fmt::format("write: set {} {} ...", target, next.text);
  return {};
}

std::nullopt_t fail_expected_port(TokenReader& reader) {
  const bool is_number = begins_with_digit(reader.next().text);
  return reader.fail_expected(
      "'port'", is_number ? fmt::format("write: port {}", reader.next().text) : std::string{});
}

Content parse_add_subsystem(TokenReader& reader, TemplateName target) {
  auto command = reader.quoted("a command in quotes");
  if (!command) return {};
  if (command->value.find_first_not_of(" \t") != std::string::npos)  // reported already
    check_command(reader, reader.previous(), command->value);
  AddSubsystem subsystem{target, *std::move(command)};
  subsystem.is_shared = reader.accept("shared");
  subsystem.restarts = reader.accept("restart");
  subsystem.is_shared = subsystem.is_shared || reader.accept("shared");
  return subsystem;
}

/// Parses the rest of `add TEMPLATE use OTHER if CONDITION`.
Content parse_add_use(TokenReader& reader, TemplateName target) {
  const auto used = reader.template_name();
  if (!used) return {};
  if (!reader.accept("if")) return reader.fail_expected("'if'");
  auto condition = parse_condition(reader);
  if (!condition) return {};
  return AddUse{target, *used, *std::move(condition)};
}

/// Parses the rest of `add TEMPLATE otherwise use OTHER`.
Content parse_add_otherwise(TokenReader& reader, TemplateName target) {
  const Span otherwise = reader.previous().place;
  if (!reader.accept("use")) return reader.fail_expected("'use'");
  const auto used = reader.template_name();
  if (!used) return {};
  return AddUse{target, *used, {Otherwise{}, otherwise}};
}

std::optional<Located<Port>> named_port(TokenReader& reader, std::string_view word) {
  if (!reader.accept(word)) return reader.fail_expected(fmt::format("'{}'", word));
  const auto ports = reader.ports(IpProtocol::udp);
  if (!ports) return {};
  if (ports->value.first != ports->value.last)
    reader.report_bad_value(ports->place, {"expected one port, found several"});
  return Located<Port>{ports->value.first, ports->place};
}

}  // namespace

Content parse_create(TokenReader& reader) {
  const auto name = reader.template_name(true);
  if (!name) return {};
  return CreateTemplate{*name};
}

Content parse_dynamic(TokenReader& reader) {
  const auto name = reader.template_name(true);
  if (!name) return {};
  return CreateDynamic{*name};
}

Content parse_clone(TokenReader& reader) {
  const auto name = reader.template_name(true);
  if (!name) return {};
  const auto original = reader.template_name();
  if (!original) return {};
  return CloneTemplate{*name, *original};
}

Content parse_delete(TokenReader& reader) {
  const auto target = reader.template_name();
  if (!target) return {};
  const auto protocol = accept_port_protocol(reader);
  if (!protocol) return DeleteTemplate{*target};
  if (!reader.accept("port")) return fail_expected_port(reader);
  const auto ports = reader.ports(*protocol);
  if (!ports) return {};
  return DeletePort{*target, *protocol, *ports};
}

Content parse_add(TokenReader& reader) {
  const auto target = reader.template_name();
  if (!target) return {};
  const auto protocol = accept_port_protocol(reader);
  if (!protocol) {
    if (reader.accept("use")) return parse_add_use(reader, *target);
    if (reader.accept("otherwise")) return parse_add_otherwise(reader, *target);
    if (reader.accept("subsystem")) return parse_add_subsystem(reader, *target);
    return reader.fail_expected("'tcp' or 'udp'", hint_on_addition(reader, target->value));
  }
  if (!reader.accept("port")) return fail_expected_port(reader);
  const auto ports = reader.ports(*protocol);
  if (!ports) return {};
  auto action = parse_port_action(reader);
  if (!action) return {};
  return AddPort{*target, *protocol, *ports, *std::move(action)};
}

Content parse_broadcast(TokenReader& reader) {
  const auto target = reader.template_name();
  if (!target) return {};
  const auto source = named_port(reader, "srcport");
  if (!source) return {};
  const auto destination = named_port(reader, "dstport");
  if (!destination) return {};
  if (!reader.accept("time")) return reader.fail_expected("'time'");
  const auto interval = reader.number("a number of seconds", 1, 86400 * 365);
  if (!interval) return {};
  auto action = parse_port_action(reader);
  if (!action) return {};
  return Broadcast{*target, *source, *destination, *interval, *std::move(action)};
}

}  // namespace apiary
