#pragma once

#include <memory>
#include <optional>
#include <unordered_map>

#include "config/personality_catalogue.h"
#include "personality/fingerprint_database.h"
#include "personality/fingerprint_index.h"
#include "personality/name_resolver.h"

namespace apiary {

/// The personalities of Nmap's fingerprints, each compiled when it is asked for, with values that
/// tell it from those of other names; and our own, of which a name counts where Nmap's has it not.
/// For a name that neither has, the nearest stands in. For one thread.
class FingerprintCatalogue final : public PersonalityCatalogue {
 public:
  /// `database`: Nmap's; not null, but may be empty.
  explicit FingerprintCatalogue(std::shared_ptr<const FingerprintDatabase> database)
      : database_(std::move(database)), index_(*database_) {}

  /// Fails only for what is no name: a blank text, or the line of a file where no entry begins.
  tl::expected<FoundPersonality, NearestNames> find(std::string_view name) const override;
  std::shared_ptr<const Personality> choose(std::uint64_t bits) const override;

  /// Nmap's.
  const FingerprintDatabase& database() const { return *database_; }
  /// The `count` (or fewer) names nearest to `name`, the nearest first.
  std::vector<ResolvedName> nearest(std::string_view name, std::size_t count) const;

 private:
  std::shared_ptr<const Personality> compiled(const Fingerprint& fingerprint) const;
  FoundPersonality stand_in_for(std::string_view name) const;
  const FingerprintDatabase& all_or_own() const;

  std::shared_ptr<const FingerprintDatabase> database_;
  FingerprintIndex index_;
  // Made when they are first wanted.
  mutable std::optional<NameResolver> resolver_;
  mutable std::unordered_map<const Fingerprint*, std::shared_ptr<const Personality>> compiled_;
};

}  // namespace apiary
