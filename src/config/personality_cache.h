#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "config/diagnostic.h"
#include "config/personality_catalogue.h"

namespace apiary {

/// The personalities of one configuration: each is looked up once and shared by all templates that
/// name it.
class PersonalityCache {
 public:
  /// `catalogue` outlives it.
  explicit PersonalityCache(const PersonalityCatalogue& catalogue) : catalogue_(&catalogue) {}

  /// The personality called so. nullptr: there is none; that is reported, with the nearest names.
  /// The first use of a name that has a notice gets that.
  std::shared_ptr<const Personality> find(const Located<std::string>& name,
                                          Diagnostics& diagnostics);

  /// Makes the personality called so another one in this configuration, by whichever of its names
  /// it is called (but one that stands in for another only by that name), for all who find it from
  /// now on. Reports as find() does.
  void annotate(const Located<std::string>& name, const std::function<void(Personality&)>& change,
                Diagnostics& diagnostics);

  /// As PersonalityCatalogue::choose().
  std::shared_ptr<const Personality> choose(std::uint64_t bits) const;

  /// That of templates that name none.
  const std::shared_ptr<const Personality>& generic() const { return generic_; }

 private:
  using Lookup = tl::expected<FoundPersonality, NearestNames>;

  const PersonalityCatalogue* catalogue_;
  std::shared_ptr<const Personality> generic_ =
      std::make_shared<const Personality>(generic_personality());
  /// By what its annotation is known: one that stands in for a name keeps its own for itself.
  static std::string key_of(const std::string& name, const FoundPersonality& found);
  std::shared_ptr<const Personality> annotated(const std::string& name,
                                               const FoundPersonality& found) const;

  std::unordered_map<std::string, Lookup> lookups_;
  std::unordered_map<std::string, std::shared_ptr<const Personality>> annotated_;  // see key_of()
};

}  // namespace apiary
