#include "config/personality_book.h"

#include <fmt/format.h>

namespace apiary {
namespace {

Diagnostic unknown_personality(const Located<std::string>& name, const NearestNames& nearest) {
  Diagnostic diagnostic{.place = name.place,
                        .message = fmt::format("there is no personality \"{}\"", name.value)};
  for (const std::string& candidate : nearest.names)
    diagnostic.hint +=
        fmt::format("{}\"{}\"", diagnostic.hint.empty() ? "the nearest are " : ", ", candidate);
  return diagnostic;
}

}  // namespace

std::shared_ptr<const Personality> PersonalityBook::find(const Located<std::string>& name,
                                                         Diagnostics& diagnostics) {
  auto known = lookups_.find(name.value);
  if (known == lookups_.end()) {
    known = lookups_.emplace(name.value, catalogue_->find(name.value)).first;
    if (known->second && !known->second->notice.empty())
      diagnostics.push_back(
          {.severity = Severity::notice, .place = name.place, .message = known->second->notice});
  }
  if (known->second) return annotated(known->second->personality);
  diagnostics.push_back(unknown_personality(name, known->second.error()));
  return nullptr;
}

void PersonalityBook::annotate(const Located<std::string>& name,
                               const std::function<void(Personality&)>& change,
                               Diagnostics& diagnostics) {
  const auto found = find(name, diagnostics);
  if (found == nullptr) return;
  auto changed = std::make_shared<Personality>(*found);
  change(*changed);
  annotated_.insert_or_assign(found->name, std::move(changed));
}

std::shared_ptr<const Personality> PersonalityBook::annotated(
    std::shared_ptr<const Personality> found) const {
  if (found == nullptr) return found;
  const auto changed = annotated_.find(found->name);
  return changed == annotated_.end() ? found : changed->second;
}

}  // namespace apiary
