#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "config/diagnostic.h"
#include "config/personality_catalogue.h"

namespace apiary {

/// The personalities of one configuration. Looks up each once; all templates that name it share it.
class PersonalityCache {
 public:
  /// `catalogue` must outlive it.
  explicit PersonalityCache(const PersonalityCatalogue& catalogue) : catalogue_(&catalogue) {}

  /// The personality of this name. nullptr: there is none; reports an error with the nearest names.
  /// Reports the notice of a name at its first use.
  std::shared_ptr<const Personality> find(const Located<std::string>& name,
                                          Diagnostics& diagnostics);

  /// Changes the personality of this name in this configuration, under all its names; a substitute
  /// only under the name that it replaces. Later calls of find() return the changed one. Reports as
  /// find() does.
  void annotate(const Located<std::string>& name, const std::function<void(Personality&)>& change,
                Diagnostics& diagnostics);

  /// See PersonalityCatalogue::choose().
  std::shared_ptr<const Personality> choose(std::uint64_t bits) const;

  /// The personality of templates without one.
  const std::shared_ptr<const Personality>& generic() const { return generic_; }

 private:
  using Lookup = tl::expected<FoundPersonality, NearestNames>;

  const PersonalityCatalogue* catalogue_;
  std::shared_ptr<const Personality> generic_ =
      std::make_shared<const Personality>(generic_personality());
  /// The key of its annotation: a substitute has one of its own.
  static std::string key_of(const std::string& name, const FoundPersonality& found);
  std::shared_ptr<const Personality> annotated(const std::string& name,
                                               const FoundPersonality& found) const;

  std::unordered_map<std::string, Lookup> lookups_;
  std::unordered_map<std::string, std::shared_ptr<const Personality>> annotated_;  // see key_of()
};

}  // namespace apiary
