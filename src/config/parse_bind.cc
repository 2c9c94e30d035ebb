#include "config/parse_bind.h"

#include "config/address_values.h"
#include "config/parse_condition.h"
#include "config/plain_word.h"

namespace apiary {
namespace {

using Content = std::optional<StatementContent>;

constexpr std::string_view bound_address = "the address to bind";
constexpr std::string_view interface_name = "the name of an interface";

Content parse_conditional(TokenReader& reader) {
  auto condition = parse_condition(reader);
  if (!condition) return {};
  const auto address = reader.address(bound_address);
  if (!address) return {};
  const auto target = reader.template_name();
  if (!target) return {};
  return BindConditionally{*std::move(condition), *address, *target};
}

}  // namespace

Content parse_bind(TokenReader& reader) {
  if (at_condition(reader)) return parse_conditional(reader);
  if (reader.next().kind == TokenKind::word && is_plain_word(reader.next().text))
    return reader.fail_expected(bound_address, "the address comes first: bind ADDRESS TEMPLATE");
  const auto addresses = reader.addresses(bound_address);
  if (!addresses) return {};
  if (reader.accept("to")) {
    const auto interface = reader.plain_word(interface_name);
    if (!interface) return {};
    if (addresses->value.first != addresses->value.last)
      reader.report_bad_value(addresses->place, {"one machine has one address"});
    return BindInterface{{addresses->value.first, addresses->place}, *interface};
  }
  const auto target = reader.template_name();
  if (!target) return {};
  return BindAddress{*addresses, *target};
}

Content parse_dhcp(TokenReader& reader) {
  const auto target = reader.template_name();
  if (!target) return {};
  if (!reader.accept("on")) return reader.fail_expected("'on'");
  const auto interface = reader.plain_word(interface_name);
  if (!interface) return {};
  Dhcp dhcp{*target, *interface, {}};
  if (!reader.accept("ethernet")) return dhcp;
  const auto ethernet = reader.quoted("a vendor or a link-layer address in quotes");
  if (!ethernet) return {};
  dhcp.ethernet = reader.checked(read_ethernet(ethernet->value), ethernet->place);
  return dhcp;
}

}  // namespace apiary
