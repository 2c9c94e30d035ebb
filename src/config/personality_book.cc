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
  if (known->second) return known->second->personality;
  diagnostics.push_back(unknown_personality(name, known->second.error()));
  return nullptr;
}

}  // namespace apiary
