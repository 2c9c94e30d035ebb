#include "config/parse_set.h"

#include <fmt/format.h>

#include "config/parse_action.h"

namespace apiary {
namespace {

using Content = std::optional<StatementContent>;

Content parse_personality(TokenReader& reader, TemplateName target) {
  if (reader.accept("random")) return SetRandomPersonality{target};
  if (reader.next().kind != TokenKind::quoted)
    return reader.fail_expected("the name of an operating system in quotes");
  const Token& name = reader.take();
  return SetPersonality{target, {unescaped(name), name.place}};
}

Content parse_default(TokenReader& reader, TemplateName target) {
  std::optional<IpProtocol> protocol;
  if (reader.accept("tcp"))
    protocol = IpProtocol::tcp;
  else if (reader.accept("udp"))
    protocol = IpProtocol::udp;
  else if (reader.accept("icmp"))
    protocol = IpProtocol::icmp;
  if (!protocol) return reader.fail_expected("'tcp', 'udp' or 'icmp'");
  reader.accept("action");  // may be left out
  auto action = parse_default_action(reader, *protocol);
  if (!action) return {};
  return SetDefaultAction{target, *protocol, *std::move(action)};
}

Content parse_ethernet(TokenReader& reader, TemplateName target) {
  auto text = reader.quoted("a vendor or a link-layer address in quotes");
  if (!text) return {};
  const auto checked = reader.checked(read_ethernet(text->value), text->place);
  return SetEthernet{target, *checked};
}

Content parse_uptime(TokenReader& reader, TemplateName target) {
  constexpr std::uint32_t max_seconds = 3'153'600'000;  // a hundred years
  const auto uptime = reader.number("a number of seconds", 0, max_seconds);
  if (!uptime) return {};
  return SetUptime{target, {seconds{uptime->value}, uptime->place}};
}

Content parse_drop_rate(TokenReader& reader, TemplateName target) {
  const bool only_syn = reader.accept("syn");
  if (!only_syn && !reader.accept("in")) {
    const bool is_rate = begins_with_digit(reader.next().text);
    return reader.fail_expected(
        "'in' or 'syn'",
        is_rate ? fmt::format("write: droprate in {}", reader.next().text) : std::string{});
  }
  const auto rate = reader.percentage("droprate");
  if (!rate) return {};
  return SetDropRate{target, only_syn, *rate};
}

Content parse_user(TokenReader& reader, TemplateName target) {
  constexpr std::uint32_t highest = 0xfffffffe;  // the one above it means "no change"
  if (reader.next().kind == TokenKind::word && is_plain_word(reader.next().text))
    return reader.fail_expected("a user's number",
                                fmt::format("this prints it: id -u {}", reader.next().text));
  const auto user = reader.number("a user's number", 0, highest);
  if (!user) return {};
  SetUser set{target, *user, {}};
  if (user->value == 0 && !reader.has_bad_value())
    reader.report_bad_value(user->place, {"services may not run as root: attackers speak to them",
                                          "choose the number of a user who may do nothing else"});
  if (!reader.accept("gid")) return set;
  set.group = reader.number("a group's number", 0, highest);
  if (!set.group) return {};
  if (set.group->value == 0 && !reader.has_bad_value())
    reader.report_bad_value(set.group->place, {"services may not be of root's group",
                                               "choose the number of a group that owns nothing"});
  return set;
}

Content parse_max_files(TokenReader& reader, TemplateName target) {
  constexpr std::uint32_t least = 4;  // three are taken before the program begins
  const auto limit = reader.number("a number of open files", least, 65536);
  if (!limit) return {};
  return SetMaxFiles{target, *limit};
}

Content parse_spoof(TokenReader& reader, TemplateName target) {
  SetSpoof spoof{target, {}, {}};
  if (reader.accept("from")) {
    spoof.from = reader.address("the address to answer from");
    if (!spoof.from) return {};
  }
  if (reader.accept("to")) {
    spoof.to = reader.address("the address to answer to");
    if (!spoof.to) return {};
  }
  if (!spoof.from && !spoof.to) return reader.fail_expected("'from' or 'to'");
  return spoof;
}

Content parse_seed(TokenReader& reader, TemplateName target) {
  auto seed = reader.quoted("a text in quotes");
  if (!seed) return {};
  return SetSeed{target, *std::move(seed)};
}

/// What to write in place of what is no trait: ports are added, and a default has its word.
std::string hint_on_trait(const TokenReader& reader, std::string_view target) {
  const Token& next = reader.next();
  const bool is_protocol = next.is("tcp") || next.is("udp") || next.is("icmp");
  if (next.is("port")) return fmt::format("ports are added: add {} tcp port ...", target);
  if (is_protocol &&
      (reader.after_next().is("port") || begins_with_digit(reader.after_next().text)))
    return fmt::format("ports are added: add {} {} port ...", target, next.text);
  if (is_protocol || next.is("action"))
    return fmt::format("write: set {} default {} action ...", target,
                       is_protocol ? next.text : "tcp");
  return "the traits are personality, default, ethernet, uptime, droprate, uid, maxfds, spoof and "
         "seed";
}

struct Setting {
  std::string_view word;
  Content (*parse)(TokenReader& reader, TemplateName target);
};
constexpr Setting known_settings[] = {
    {"personality", parse_personality}, {"default", parse_default},    {"ethernet", parse_ethernet},
    {"uptime", parse_uptime},           {"droprate", parse_drop_rate}, {"uid", parse_user},
    {"maxfds", parse_max_files},        {"spoof", parse_spoof},        {"seed", parse_seed},
};

}  // namespace

Content parse_set(TokenReader& reader) {
  const auto target = reader.template_name();
  if (!target) return {};
  for (const Setting& setting : known_settings)
    if (reader.accept(setting.word)) return setting.parse(reader, *target);
  return reader.fail_expected("'personality', 'default' or another trait",
                              hint_on_trait(reader, target->value));
}

}  // namespace apiary
