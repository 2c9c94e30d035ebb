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
class PersonalityBook {
 public:
  /// `catalogue` outlives it.
  explicit PersonalityBook(const PersonalityCatalogue& catalogue) : catalogue_(&catalogue) {}

  /// The personality called so. nullptr: there is none; that is reported, with the nearest names.
  /// The first use of a name that has a notice gets that.
  std::shared_ptr<const Personality> find(const Located<std::string>& name,
                                          Diagnostics& diagnostics);

  /// Makes the personality called so another one in this configuration, by whichever of its names
  /// it is called, for all who find it from now on. Reports as find() does.
  void annotate(const Located<std::string>& name, const std::function<void(Personality&)>& change,
                Diagnostics& diagnostics);

  /// As PersonalityCatalogue::choose().
  std::shared_ptr<const Personality> choose(std::uint64_t bits) const {
    return annotated(catalogue_->choose(bits));
  }

  /// That of templates that name none.
  const std::shared_ptr<const Personality>& generic() const { return generic_; }

 private:
  using Lookup = tl::expected<FoundPersonality, NearestNames>;

  const PersonalityCatalogue* catalogue_;
  std::shared_ptr<const Personality> generic_ =
      std::make_shared<const Personality>(generic_personality());
  std::shared_ptr<const Personality> annotated(std::shared_ptr<const Personality> found) const;

  std::unordered_map<std::string, Lookup> lookups_;
  std::unordered_map<std::string, std::shared_ptr<const Personality>> annotated_;  // by their names
};

}  // namespace apiary
