#include "config/template_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/overloaded.h"
#include "config/nearest.h"
#include "config/template_cycle.h"

namespace apiary {

TemplateBuilder::TemplateBuilder(const std::vector<Statement>& statements,
                                 PersonalityCache personalities, NicRegistry& nics,
                                 TemplatePermissions permissions, Diagnostics& diagnostics)
    : personalities_(std::move(personalities)),
      nics_(nics),
      permissions_(std::move(permissions)),
      diagnostics_(diagnostics) {
  const auto expect = [this](const TemplateName& name) {
    const auto [entry, is_new] = entries_.try_emplace(name.value);
    if (!is_new) return;
    entry->second.origins.created = name.place;
    names_.push_back(name.value);
  };
  for (const Statement& statement : statements)
    std::visit(overloaded{
                   [&](const CreateTemplate& create) { expect(create.name); },
                   [&](const CreateDynamic& create) { expect(create.name); },
                   [&](const CloneTemplate& clone) { expect(clone.name); },
                   // A broken statement may have been meant to create any name in it.
                   [&](const BrokenStatement& broken) {
                     reported_.insert(broken.words.begin(), broken.words.end());
                     if (broken.keyword == "include") has_unknown_creations_ = true;
                   },
                   [](const auto&) {},
               },
               statement.content);
}

void TemplateBuilder::apply(const CreateTemplate& statement) { create(statement.name); }

void TemplateBuilder::apply(const CreateDynamic& statement) {
  if (Entry* const entry = create(statement.name)) entry->contents->is_dynamic = true;
}

void TemplateBuilder::apply(const CloneTemplate& statement) {
  Entry* const original = find_entry(statement.original);
  Entry* const entry = create(statement.name);
  if (original == nullptr) return;
  original->is_used = true;
  if (entry == nullptr) return;
  *entry->contents = *original->contents;
  entry->contents->name = std::string{statement.name.value};
  entry->random = original->random;
  entry->seed = original->seed;
  const Span created = entry->origins.created;
  entry->origins = original->origins;
  entry->origins.created = created;
}

void TemplateBuilder::apply(const DeleteTemplate& statement) {
  Entry* const entry = find_entry(statement.target);
  if (entry == nullptr) return;
  finalize_subsystems(*entry->contents);
  entry->contents = nullptr;  // hosts made from it keep it
  entry->deleted = statement.target.place;
  entry->own_ports.clear();
}

void TemplateBuilder::apply(const SetTrait& statement) {
  const TraitUse use{statement.target.place, statement.trait.place, personalities_, nics_,
                     permissions_,           diagnostics_};
  if (Entry* const entry = find_plain(statement.target))
    give_trait(statement.trait.value, *entry, use);
  else
    check_trait(statement.trait.value, use);
}

void TemplateBuilder::apply(const AddUse& statement) {
  const HostTemplatePtr used = find(statement.used);
  Entry* const entry = find_entry(statement.target);
  if (entry == nullptr) return;
  if (!entry->contents->is_dynamic) {
    diagnostics_.push_back(
        {.place = statement.target.place,
         .message = fmt::format("template '{}' is not dynamic", statement.target.value),
         .hint = fmt::format("make it with: dynamic {}", statement.target.value),
         .notes = {{entry->origins.created, "it is created here"}}});
    return;
  }
  if (used == nullptr) return;
  auto& choices = entry->contents->choices;
  if (!choices.empty() && std::holds_alternative<Otherwise>(choices.back().condition))
    diagnostics_.push_back(
        {.severity = Severity::warning,
         .place = statement.condition.place,
         .message = fmt::format("this is never reached: 'otherwise' of '{}' comes before it",
                                statement.target.value)});
  if (leads_to(*used, *entry->contents)) {
    diagnostics_.push_back(
        {.place = statement.used.place,
         .message = fmt::format("template '{}' refers to itself", statement.target.value)});
    return;
  }
  choices.push_back({statement.condition.value, used});
}

void TemplateBuilder::apply(const Annotate& statement) {
  if (!statement.personality) return;
  Diagnostics found;
  personalities_.annotate(
      *statement.personality,
      [&](Personality& personality) {
        if (statement.what == "finscan") personality.lone_fin = LoneFinRule::silence;
        if (statement.what == "no finscan") personality.lone_fin = LoneFinRule::reset;
        FragmentPolicy& fragments = personality.quirks.fragments;
        if (statement.what == "fragment drop") fragments = FragmentPolicy::refuse;
        if (statement.what == "fragment old") fragments = FragmentPolicy::first;
        if (statement.what == "fragment new") fragments = FragmentPolicy::last;
      },
      found);
  for (Diagnostic& diagnostic : found) {
    if (diagnostic.severity == Severity::error) diagnostic.severity = Severity::warning;
    diagnostics_.push_back(std::move(diagnostic));
  }
}

HostTemplatePtr TemplateBuilder::find(const TemplateName& name) {
  Entry* const entry = find_entry(name);
  if (entry == nullptr) return nullptr;
  entry->is_used = true;
  return entry->contents;
}

HostTemplatePtr TemplateBuilder::make_own(const TemplateName& name,
                                          const HostTemplatePtr& host_template) {
  const auto [at, is_new] = entries_.try_emplace(name.value);
  Entry& entry = at->second;
  if (!is_new && entry.contents != nullptr) return entry.contents;
  entry.origins.created = name.place;
  if (const auto original = entries_.find(host_template->name); original != entries_.end()) {
    entry.origins = original->second.origins;
    entry.random = original->second.random;
    entry.seed = original->second.seed;
  }
  entry.contents = std::make_shared<HostTemplate>(*host_template);
  entry.contents->name = std::string{name.value};
  entry.is_used = true;
  return entry.contents;
}

ServicePrivileges TemplateBuilder::service_privileges(const TemplateName& name) const {
  const auto found = entries_.find(name.value);
  if (found == entries_.end() || found->second.contents == nullptr) return {};
  return found->second.contents->service_privileges;
}

HostTemplatePtr TemplateBuilder::find_default() const {
  const auto found = entries_.find("default");
  return found == entries_.end() ? nullptr : found->second.contents;
}

void TemplateBuilder::finish() {
  for (auto& [name, entry] : entries_)
    if (entry.contents != nullptr) {
      finalize_subsystems(*entry.contents);
      check_egress(name, entry);
    }
  for (auto& [name, entry] : entries_) {
    if (!entry.random || entry.contents == nullptr) continue;
    const std::uint64_t bits = hash_of(fmt::format("{}\n{}", name, entry.seed));
    if (auto chosen = personalities_.choose(bits))
      entry.contents->personality = std::move(chosen);
    else
      diagnostics_.push_back(
          {.place = *entry.random, .message = "there are no personalities to choose from"});
  }
}

void TemplateBuilder::warn_unused() {
  for (const std::string_view name : names_) {
    const Entry& entry = entries_.at(name);
    if (entry.is_used || entry.contents == nullptr || name == "default") continue;
    diagnostics_.push_back({.severity = Severity::warning,
                            .place = entry.origins.created,
                            .message = fmt::format("template '{}' is never used", name),
                            .hint = fmt::format("use it, for example: bind 10.0.0.1 {}", name)});
  }
}

std::map<std::string, TemplateLocations> TemplateBuilder::origins() const {
  std::map<std::string, TemplateLocations> origins;
  for (const auto& [name, entry] : entries_) origins.emplace(std::string{name}, entry.origins);
  return origins;
}

TemplateBuilder::Entry* TemplateBuilder::find_plain(const TemplateName& name) {
  Entry* const entry = find_entry(name);
  if (entry == nullptr || !entry->contents->is_dynamic) return entry;
  diagnostics_.push_back(
      {.severity = Severity::warning,
       .place = name.place,
       .message = fmt::format("template '{}' is dynamic and has nothing of its own: this does "
                              "nothing",
                              name.value)});
  return nullptr;
}

TemplateBuilder::Entry* TemplateBuilder::find_entry(const TemplateName& name) {
  const auto found = entries_.find(name.value);
  if (found != entries_.end() && found->second.contents != nullptr) return &found->second;
  if (!has_unknown_creations_ && reported_.insert(name.value).second) report_unknown(name);
  return nullptr;
}

/// nullptr: reports that it already exists.
TemplateBuilder::Entry* TemplateBuilder::create(const TemplateName& name) {
  Entry& entry = entries_.at(name.value);
  if (entry.contents != nullptr) {
    diagnostics_.push_back({.place = name.place,
                            .message = fmt::format("template '{}' exists already", name.value),
                            .notes = {{entry.origins.created, "it is created here"}}});
    return nullptr;
  }
  entry.origins = {.created = name.place};
  entry.random.reset();
  entry.seed.clear();
  entry.contents = std::make_shared<HostTemplate>();
  entry.contents->name = std::string{name.value};
  entry.contents->personality = personalities_.generic();
  return &entry;
}

void TemplateBuilder::report_unknown(const TemplateName& name) {
  if (const auto later = entries_.find(name.value); later != entries_.end()) {
    const auto& deleted = later->second.deleted;
    diagnostics_.push_back(
        {.place = name.place,
         .message = fmt::format("template '{}' is {}", name.value,
                                deleted ? "deleted" : "used before it is created"),
         .notes = {deleted ? DiagnosticNote{*deleted, "it is deleted here"}
                           : DiagnosticNote{later->second.origins.created, "it is created here"}}});
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
