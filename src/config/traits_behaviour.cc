// Traits of how hosts treat packets, and of their programs' privileges.
#include <fmt/format.h>

#include <algorithm>

#include "config/address_values.h"
#include "config/egress_values.h"
#include "config/parse_action.h"
#include "config/plain_word.h"
#include "config/token_reader.h"
#include "config/traits.h"
#include "config/value_printer.h"

namespace apiary::traits {

// ── default ──

std::optional<Located<DefaultAction>> DefaultAction::parse(TokenReader& reader,
                                                           const TemplateName&) {
  std::optional<IpProtocol> protocol;
  if (reader.accept("tcp"))
    protocol = IpProtocol::tcp;
  else if (reader.accept("udp"))
    protocol = IpProtocol::udp;
  else if (reader.accept("icmp"))
    protocol = IpProtocol::icmp;
  if (!protocol) return reader.fail_expected("'tcp', 'udp' or 'icmp'");
  reader.accept("action");  // optional
  auto action = parse_default_action(reader, *protocol);
  if (!action) return {};
  return Located<DefaultAction>{{*protocol, std::move(action->value)}, action->place};
}

std::string DefaultAction::format() const {
  return fmt::format("{} action {}", name_of(protocol), format_action(action));
}

bool DefaultAction::give_to(TemplateDraft& draft, const TraitUse&) const {
  HostTemplate& host_template = *draft.contents;
  const PortAction effect = effect_of(action, protocol);
  switch (protocol) {
    case IpProtocol::tcp:
      host_template.tcp_default = effect;
      break;
    case IpProtocol::udp:
      host_template.udp_default = effect;
      break;
    case IpProtocol::icmp:
      host_template.icmp_default = effect;
      break;
  }
  return true;
}

// ── droprate ──

std::optional<Located<DropRate>> DropRate::parse(TokenReader& reader, const TemplateName&) {
  const bool only_syn = reader.accept("syn");
  if (!only_syn && !reader.accept("in")) {
    const bool is_rate = begins_with_digit(reader.next().text);
    return reader.fail_expected(
        "'in' or 'syn'",
        is_rate ? fmt::format("write: droprate in {}", reader.next().text) : std::string{});
  }
  const auto rate = reader.percentage("droprate");
  if (!rate) return {};
  return Located<DropRate>{{only_syn, rate->value}, rate->place};
}

std::string DropRate::format() const { return fmt::format("{} {}", part(), in_percent(rate)); }

bool DropRate::give_to(TemplateDraft& draft, const TraitUse&) const {
  (only_syn ? draft.contents->drops_syn : draft.contents->drops_in) = rate;
  return true;
}

void DropRate::explain(const ExplainedHost& host, TraitLines& lines) {
  const HostTemplate& host_template = host.host_template;
  if (host_template.drops_in.value > 0)
    lines.push_back({"drops",
                     fmt::format("{:g}% of received packets", host_template.drops_in.value * 100),
                     host.from.trait(keyword, "in")});
  if (host_template.drops_syn.value > 0)
    lines.push_back(
        {"drops", fmt::format("{:g}% of connection requests", host_template.drops_syn.value * 100),
         host.from.trait(keyword, "syn")});
}

// ── uid ──

std::optional<Located<User>> User::parse(TokenReader& reader, const TemplateName&) {
  constexpr std::uint32_t highest = 0xfffffffe;  // 0xffffffff means "no change"
  if (reader.next().kind == TokenKind::word && is_plain_word(reader.next().text))
    return reader.fail_expected("a user's number",
                                fmt::format("this prints it: id -u {}", reader.next().text));
  const auto user = reader.number("a user's number", 0, highest);
  if (!user) return {};
  if (user->value == 0 && !reader.has_bad_value())
    reader.report_bad_value(user->place, {"services may not run as root: attackers talk to them",
                                          "choose the number of a user who may do nothing else"});
  if (!reader.accept("gid")) return Located<User>{{user->value, {}}, user->place};
  const auto group = reader.number("a group's number", 0, highest);
  if (!group) return {};
  if (group->value == 0 && !reader.has_bad_value())
    reader.report_bad_value(group->place, {"services may not have root's group",
                                           "choose the number of a group that owns nothing"});
  return Located<User>{{user->value, group->value}, user->place};
}

std::string User::format() const {
  return fmt::format("{}{}", user, group ? fmt::format(" gid {}", *group) : "");
}

void User::check(const TraitUse& use) const {
  const auto& allowed = use.permissions.ids;
  if (!allowed) return;
  std::string names, options;
  const auto refuse_unless_allowed = [&](std::string_view kind, std::uint32_t id) {
    if (std::ranges::find(*allowed, id) != allowed->end()) return;
    names += fmt::format("{}{} {}", names.empty() ? "" : " and ", kind, id);
    if (const auto option = fmt::format(" --allow-uid {}", id); !options.ends_with(option))
      options += option;
  };
  refuse_unless_allowed("user", user);
  if (group) refuse_unless_allowed("group", *group);
  if (names.empty()) return;
  use.diagnostics.push_back(
      {.place = use.place,
       .message = fmt::format("services may not run as {}: --allow-uid does not name {}", names,
                              names.find(" and ") == names.npos ? "it" : "them"),
       .hint = fmt::format("give the option{} if its files are for attackers to read; or remove "
                           "the line: each service then has a user of its own",
                           options)});
}

bool User::give_to(TemplateDraft& draft, const TraitUse& use) const {
  check(use);
  draft.contents->service_privileges.user = user;
  draft.contents->service_privileges.group = group;
  return true;
}

void User::explain(const ExplainedHost& host, TraitLines& lines) {
  const ServicePrivileges& privileges = host.host_template.service_privileges;
  if (privileges.user)
    lines.push_back(
        {"programs",
         fmt::format("run as user {}{}", *privileges.user,
                     privileges.group ? fmt::format(", group {}", *privileges.group) : ""),
         host.from.trait(keyword)});
}

// ── egress ──

std::optional<Located<Egress>> Egress::parse(TokenReader& reader, const TemplateName&) {
  if (reader.accept("none")) return Located<Egress>{{}, reader.previous().place};
  if (!reader.accept("list")) {
    const bool is_network = begins_with_digit(reader.next().text);
    return reader.fail_expected(
        "'none' or 'list'",
        is_network ? fmt::format("write: egress list {}", reader.next().text) : std::string{});
  }
  Located<Egress> egress{{}, reader.next().place};
  do {
    if (reader.at_statement_end() || reader.next().kind != TokenKind::word ||
        !begins_with_digit(reader.next().text))
      return reader.fail_expected("a destination such as 192.0.2.0/24:80/tcp");
    const Token& token = reader.take();
    auto rule = reader.checked(read_egress_rule(token.text), token.place);
    if (!rule) return {};
    if (auto remark = remark_on_host_bits(network_of_egress_rule(token.text)))
      reader.warn(token.place, *std::move(remark));
    egress.value.list.push_back(rule->value);
    egress.place = joined(egress.place, token.place);
  } while (!reader.at_statement_end());
  if (egress.value.list.size() > max_egress_rules)
    return reader.fail(egress.place,
                       {fmt::format("an egress list has at most {} destinations", max_egress_rules),
                        "name networks instead of single addresses"});
  return egress;
}

std::string Egress::format() const {
  if (list.empty()) return "none";
  std::string text = "list";
  for (const EgressRule& rule : list) text += ' ' + to_string(rule);
  return text;
}

bool Egress::give_to(TemplateDraft& draft, const TraitUse& use) const {
  for (const EgressRule& rule : list)
    if (rule.destinations.length() == 0)
      use.diagnostics.push_back(
          {.severity = Severity::warning,
           .place = use.place,
           .message = fmt::format("{} allows connections to everybody", to_string(rule)),
           .hint = "an attacker who takes over the server can attack others from here: name the "
                   "machines that it needs"});
  draft.contents->egress = list;
  return true;
}

void Egress::explain(const ExplainedHost& host, TraitLines& lines) {
  const EgressList& list = host.host_template.egress;
  if (list.empty()) return;
  std::string text = "subsystems may connect to";
  for (const EgressRule& rule : list) text += ' ' + to_string(rule);
  lines.push_back({"egress", std::move(text), host.from.trait(keyword)});
}

// ── spoof ──

std::optional<Located<Spoof>> Spoof::parse(TokenReader& reader, const TemplateName&) {
  std::optional<Located<IpAddress>> from, to;
  if (reader.accept("from")) {
    from = reader.address("the address to answer from");
    if (!from) return {};
  }
  if (reader.accept("to")) {
    to = reader.address("the address to answer to");
    if (!to) return {};
  }
  if (!from && !to) return reader.fail_expected("'from' or 'to'");
  Located<Spoof> spoof{{}, from ? from->place : to->place};
  if (from) spoof.value.from = from->value;
  if (to) spoof.value.to = to->value;
  return spoof;
}

std::string Spoof::format() const {
  return fmt::format("{}{}{}", from ? "from " + to_string(*from) : "", from && to ? " " : "",
                     to ? "to " + to_string(*to) : "");
}

bool Spoof::give_to(TemplateDraft& draft, const TraitUse& use) const {
  if (!use.permissions.spoofing) {
    use.diagnostics.push_back({.severity = Severity::warning,
                               .place = use.place,
                               .message = "'spoof' needs the option --allow-spoof of apiary run: "
                                          "without it, hosts answer with their own addresses",
                               .hint = "visitors can then make the host send to others: make sure "
                                       "that both addresses are yours"});
    return false;
  }
  draft.contents->answers_from = from;
  draft.contents->answers_to = to;
  return true;
}

void Spoof::explain(const ExplainedHost& host, TraitLines& lines) {
  const HostTemplate& host_template = host.host_template;
  if (!host_template.answers_from && !host_template.answers_to) return;
  lines.push_back(
      {"answers",
       fmt::format("from {} to {}", to_string(host_template.answers_from.value_or(host.address)),
                   host_template.answers_to ? to_string(*host_template.answers_to) : "the visitor"),
       host.from.trait(keyword)});
}

}  // namespace apiary::traits
