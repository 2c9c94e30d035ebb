#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "config/diagnostic.h"
#include "config/personality_catalogue.h"

namespace apiary {

/// The personalities of one configuration: each is looked up once and shared by all templates that
/// name it.
class PersonalityBook {
 public:
  /// `catalogue` outlives it.
  explicit PersonalityBook(const PersonalityCatalogue& catalogue) : catalogue_(&catalogue) {}

  /// The personality called so. nullptr: there is none; that is reported, with the nearest names.
  /// The first use of a name that has a notice gets that.
  std::shared_ptr<const Personality> find(const Located<std::string>& name,
                                          Diagnostics& diagnostics);

  /// As PersonalityCatalogue::choose().
  std::shared_ptr<const Personality> choose(std::uint64_t bits) const {
    return catalogue_->choose(bits);
  }

  /// That of templates that name none.
  const std::shared_ptr<const Personality>& generic() const { return generic_; }

 private:
  using Lookup = tl::expected<FoundPersonality, NearestNames>;

  const PersonalityCatalogue* catalogue_;
  std::shared_ptr<const Personality> generic_ =
      std::make_shared<const Personality>(generic_personality());
  std::unordered_map<std::string, Lookup> lookups_;
};

}  // namespace apiary
