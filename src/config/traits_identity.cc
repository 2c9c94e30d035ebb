// Traits of the hosts' identity: system, network card, individual values.
#include <fmt/format.h>

#include <algorithm>

#include "base/printable.h"
#include "config/address_values.h"
#include "config/nic_registry.h"
#include "config/personality_cache.h"
#include "config/token_reader.h"
#include "config/traits.h"

namespace apiary::traits {

// ── personality ──

std::optional<Located<Personality>> Personality::parse(TokenReader& reader,
                                                       const TemplateName& target) {
  if (reader.accept("random")) return Located<Personality>{{}, target.place};
  if (reader.next().kind != TokenKind::quoted)
    return reader.fail_expected("the name of an operating system in quotes");
  const Token& name = reader.take();
  return Located<Personality>{{unescaped(name)}, name.place};
}

std::string Personality::format() const { return name ? in_quotes(*name) : "random"; }

bool Personality::give_to(TemplateDraft& draft, const TraitUse& use) const {
  if (!name) {
    draft.random = use.target;
    return true;
  }
  auto personality = use.personalities.find({*name, use.place}, use.diagnostics);
  if (personality == nullptr) return false;
  draft.contents->personality = std::move(personality);
  draft.random.reset();
  return true;
}

void Personality::check(const TraitUse& use) const {
  if (name) use.personalities.find({*name, use.place}, use.diagnostics);
}

void Personality::explain(const ExplainedHost& host, TraitLines& lines) {
  lines.push_back({"personality", host.host_template.personality->name, host.from.trait(keyword)});
}

// ── uptime ──

std::optional<Located<Uptime>> Uptime::parse(TokenReader& reader, const TemplateName&) {
  constexpr std::uint32_t max_seconds = 3'153'600'000;  // a hundred years
  const auto uptime = reader.number("a number of seconds", 0, max_seconds);
  if (!uptime) return {};
  return Located<Uptime>{{seconds{uptime->value}}, uptime->place};
}

std::string Uptime::format() const {
  return std::to_string(std::chrono::duration_cast<seconds>(uptime).count());
}

bool Uptime::give_to(TemplateDraft& draft, const TraitUse&) const {
  draft.contents->uptime = uptime;
  return true;
}

void Uptime::explain(const ExplainedHost& host, TraitLines& lines) {
  if (host.host_template.uptime)
    lines.push_back(
        {"uptime",
         fmt::format("{:.0f} s when the daemon starts", in_seconds(*host.host_template.uptime)),
         host.from.trait(keyword)});
}

// ── seed ──

std::optional<Located<Seed>> Seed::parse(TokenReader& reader, const TemplateName&) {
  auto seed = reader.quoted("a text in quotes");
  if (!seed) return {};
  return Located<Seed>{{std::move(seed->value)}, seed->place};
}

std::string Seed::format() const { return in_quotes(seed); }

bool Seed::give_to(TemplateDraft& draft, const TraitUse&) const {
  draft.seed = seed;
  draft.contents->seed = hash_of(seed);
  return true;
}

void Seed::explain(const ExplainedHost& host, TraitLines& lines) {
  if (const auto place = host.from.trait(keyword)) lines.push_back({"seed", "its own", place});
}

// ── ethernet ──

std::optional<Located<Ethernet>> Ethernet::parse(TokenReader& reader, const TemplateName&) {
  auto text = reader.quoted("a vendor or a link-layer address in quotes");
  if (!text) return {};
  auto checked = reader.checked(read_ethernet(text->value), text->place);
  return Located<Ethernet>{{std::move(checked->value)}, checked->place};
}

std::string Ethernet::format() const { return in_quotes(vendor); }

bool Ethernet::give_to(TemplateDraft& draft, const TraitUse& use) const {
  auto nic = use.nics.find({vendor, use.place}, use.diagnostics);
  if (nic == nullptr) return false;
  draft.contents->nic = std::move(nic);
  return true;
}

void Ethernet::check(const TraitUse& use) const {
  use.nics.find({vendor, use.place}, use.diagnostics);
}

void Ethernet::explain(const ExplainedHost& host, TraitLines& lines) {
  const auto& nic = host.host_template.nic;
  if (nic == nullptr) return;
  lines.push_back({"ethernet",
                   fmt::format("{}{}", to_string(mac_address(*nic, host.address, host.key)),
                               nic->address ? "" : fmt::format(" ({})", nic->name)),
                   host.from.trait(keyword)});
}

// ── name ──

namespace {

tl::expected<std::string, ValueError> read_host_name(std::string_view text) {
  constexpr std::size_t max_characters = 253, max_label_characters = 63;  // RFC 1035 section 2.3.4
  if (!std::ranges::all_of(text, is_printable))
    return tl::unexpected(ValueError{"a host's name has printable characters of ASCII only",
                                     "write other alphabets as DNS does: xn--..."});
  if (text.size() > max_characters)
    return tl::unexpected(
        ValueError{fmt::format("a host's name has at most {} characters", max_characters)});
  for (std::string_view rest = text;; rest.remove_prefix(rest.find('.') + 1)) {
    const std::string_view label = rest.substr(0, rest.find('.'));
    if (label.empty() || label.size() > max_label_characters)
      return tl::unexpected(ValueError{
          fmt::format("the labels of a host's name have 1 to {} characters, with dots "
                      "between them",
                      max_label_characters),
          label.empty() ? "write no dot at the beginning or end, nor two in a row" : ""});
    if (label.size() == rest.size()) return std::string(text);
  }
}

}  // namespace

std::optional<Located<Name>> Name::parse(TokenReader& reader, const TemplateName&) {
  const auto text = reader.quoted("the hosts' name in quotes");
  if (!text) return {};
  auto name = reader.checked(read_host_name(text->value), text->place);
  return Located<Name>{{std::move(name->value)}, name->place};
}

std::string Name::format() const { return in_quotes(name); }

bool Name::give_to(TemplateDraft& draft, const TraitUse&) const {
  draft.contents->host_name = name;
  return true;
}

void Name::explain(const ExplainedHost& host, TraitLines& lines) {
  if (!host.host_template.host_name.empty())
    lines.push_back({"name", host.host_template.host_name, host.from.trait(keyword)});
}

}  // namespace apiary::traits
