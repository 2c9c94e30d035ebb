#include "config/template_book.h"

#include <fmt/format.h>

#include <utility>

#include "base/overloaded.h"
#include "config/nearest.h"

namespace apiary {
namespace {

std::uint32_t port_key(IpProtocol protocol, Port port) {
  return static_cast<std::uint32_t>(protocol) << 16 | port.number;
}

std::string_view name_of(IpProtocol protocol) {
  return protocol == IpProtocol::tcp ? "tcp" : "udp";
}

}  // namespace

TemplateBook::TemplateBook(const std::vector<Statement>& statements, PersonalityBook personalities,
                           Diagnostics& diagnostics)
    : personalities_(std::move(personalities)), diagnostics_(diagnostics) {
  const auto expect = [this](const TemplateName& name) {
    if (entries_.try_emplace(name.value, Entry{nullptr, name.place, {}}).second)
      names_.push_back(name.value);
  };
  for (const Statement& statement : statements)
    std::visit(overloaded{
                   [&](const CreateTemplate& create) { expect(create.name); },
                   [&](const CloneTemplate& clone) { expect(clone.name); },
                   // Whatever a broken statement names it may have been going to create.
                   [&](const BrokenStatement& broken) {
                     excused_.insert(broken.words.begin(), broken.words.end());
                     if (broken.keyword == "include") has_unknown_creations_ = true;
                   },
                   [](const auto&) {},
               },
               statement.content);
}

void TemplateBook::apply(const CreateTemplate& statement) { create(statement.name); }

void TemplateBook::apply(const CloneTemplate& statement) {
  const TemplatePointer original = find(statement.original);
  Entry* const entry = create(statement.name);
  if (entry == nullptr || original == nullptr) return;
  *entry->contents = *original;
  entry->contents->name = std::string{statement.name.value};
}

void TemplateBook::apply(const SetPersonality& statement) {
  auto personality = personalities_.find(statement.personality, diagnostics_);
  if (Entry* const entry = find_entry(statement.target); entry != nullptr && personality != nullptr)
    entry->contents->personality = std::move(personality);
}

void TemplateBook::apply(const SetDefaultAction& statement) {
  Entry* const entry = find_entry(statement.target);
  if (entry == nullptr) return;
  switch (statement.protocol) {
    case IpProtocol::tcp:
      entry->contents->tcp_default = statement.action.value;
      break;
    case IpProtocol::udp:
      entry->contents->udp_default = statement.action.value;
      break;
    case IpProtocol::icmp:
      entry->contents->icmp_default = statement.action.value;
      break;
  }
}

void TemplateBook::apply(const AddPort& statement) {
  Entry* const entry = find_entry(statement.target);
  if (entry == nullptr) return;
  const Port port = statement.port.value;
  auto& ports = statement.protocol == IpProtocol::tcp ? entry->contents->tcp_ports
                                                      : entry->contents->udp_ports;
  ports.insert_or_assign(port, statement.action.value);

  const auto [first, is_new] =
      entry->ports.try_emplace(port_key(statement.protocol, port), statement.port.place);
  if (!is_new)
    diagnostics_.push_back(
        {.severity = Severity::warning,
         .place = statement.port.place,
         .message = fmt::format("{} port {} of '{}' is given again; this one counts",
                                name_of(statement.protocol), port.number, statement.target.value),
         .notes = {{std::exchange(first->second, statement.port.place), "it was given here"}}});
}

TemplatePointer TemplateBook::find(const TemplateName& name) {
  const Entry* const entry = find_entry(name);
  return entry == nullptr ? nullptr : entry->contents;
}

TemplatePointer TemplateBook::find_default() const {
  const auto found = entries_.find("default");
  return found == entries_.end() ? nullptr : found->second.contents;
}

TemplateBook::Entry* TemplateBook::find_entry(const TemplateName& name) {
  const auto found = entries_.find(name.value);
  if (found != entries_.end() && found->second.contents != nullptr) return &found->second;
  if (!has_unknown_creations_ && excused_.insert(name.value).second) report_unknown(name);
  return nullptr;
}

/// nullptr: it exists already; that is reported.
TemplateBook::Entry* TemplateBook::create(const TemplateName& name) {
  Entry& entry = entries_.at(name.value);
  if (entry.contents != nullptr) {
    diagnostics_.push_back({.place = name.place,
                            .message = fmt::format("template '{}' exists already", name.value),
                            .notes = {{entry.created, "it is created here"}}});
    return nullptr;
  }
  entry.contents = std::make_shared<Template>();
  entry.contents->name = std::string{name.value};
  entry.contents->personality = personalities_.generic();
  return &entry;
}

void TemplateBook::report_unknown(const TemplateName& name) {
  if (const auto later = entries_.find(name.value); later != entries_.end()) {
    diagnostics_.push_back(
        {.place = name.place,
         .message = fmt::format("template '{}' is used before it is created", name.value),
         .notes = {{later->second.created, "it is created here"}}});
    return;
  }
  const std::string_view nearest = nearest_word(name.value, names_);
  diagnostics_.push_back({.place = name.place,
                          .message = fmt::format("there is no template '{}'", name.value),
                          .hint = nearest.empty()
                                      ? fmt::format("make one with: create {}", name.value)
                                      : fmt::format("did you mean '{}'?", nearest)});
}

}  // namespace apiary
