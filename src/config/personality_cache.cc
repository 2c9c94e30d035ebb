#include "config/personality_cache.h"

#include <fmt/format.h>

namespace apiary {
namespace {

std::string named(const NearestNames& nearest) {
  std::string list;
  for (const std::string& name : nearest.names)
    list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", name);
  return list;
}

Diagnostic unknown_personality(const Located<std::string>& name, const NearestNames& nearest) {
  Diagnostic diagnostic{.place = name.place,
                        .message = fmt::format("there is no personality \"{}\"", name.value)};
  if (!nearest.names.empty()) diagnostic.hint = "the nearest are " + named(nearest);
  return diagnostic;
}

/// Reports that the name is an old one, or that another system is its substitute.
Diagnostic remark_on(const Located<std::string>& name, const FoundPersonality& found) {
  Diagnostic diagnostic{.severity = found.stands_in ? Severity::warning : Severity::notice,
                        .place = name.place,
                        .message = found.notice};
  if (!found.others.names.empty()) diagnostic.hint = "others near it are " + named(found.others);
  return diagnostic;
}

}  // namespace

std::shared_ptr<const Personality> PersonalityCache::find(const Located<std::string>& name,
                                                          Diagnostics& diagnostics) {
  auto known = lookups_.find(name.value);
  if (known == lookups_.end()) {
    known = lookups_.emplace(name.value, catalogue_->find(name.value)).first;
    if (known->second && !known->second->notice.empty())
      diagnostics.push_back(remark_on(name, *known->second));
  }
  if (known->second) return annotated(name.value, *known->second);
  diagnostics.push_back(unknown_personality(name, known->second.error()));
  return nullptr;
}

void PersonalityCache::annotate(const Located<std::string>& name,
                                const std::function<void(Personality&)>& change,
                                Diagnostics& diagnostics) {
  const auto found = find(name, diagnostics);
  if (found == nullptr) return;
  auto changed = std::make_shared<Personality>(*found);
  change(*changed);
  annotated_.insert_or_assign(key_of(name.value, *lookups_.at(name.value)), std::move(changed));
}

std::string PersonalityCache::key_of(const std::string& name, const FoundPersonality& found) {
  return found.stands_in ? name : found.personality->name;
}

std::shared_ptr<const Personality> PersonalityCache::annotated(
    const std::string& name, const FoundPersonality& found) const {
  const auto changed = annotated_.find(key_of(name, found));
  return changed == annotated_.end() ? found.personality : changed->second;
}

std::shared_ptr<const Personality> PersonalityCache::choose(std::uint64_t bits) const {
  auto chosen = catalogue_->choose(bits);
  if (chosen == nullptr) return chosen;
  const auto changed = annotated_.find(chosen->name);
  return changed == annotated_.end() ? chosen : changed->second;
}

}  // namespace apiary
