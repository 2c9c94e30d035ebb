#pragma once

#include <memory>
#include <optional>
#include <unordered_map>

#include "config/personality_catalogue.h"
#include "personality/fingerprint_database.h"
#include "personality/fingerprint_index.h"
#include "personality/name_resolver.h"

namespace apiary {

/// The personalities of Nmap's fingerprints and the built-in ones. Each is compiled on first use,
/// with values that distinguish it from those of other names. Nmap's precede built-in ones of the
/// same name. For an unknown name, the nearest is the substitute. Not thread-safe.
class FingerprintCatalogue final : public PersonalityCatalogue {
 public:
  /// `database`: Nmap's; not null, but may be empty.
  explicit FingerprintCatalogue(std::shared_ptr<const FingerprintDatabase> database)
      : database_(std::move(database)), index_(*database_) {}

  /// Fails only for invalid names: blank text, or "@LINE" where no entry begins.
  tl::expected<FoundPersonality, NearestNames> find(std::string_view name) const override;
  std::shared_ptr<const Personality> choose(std::uint64_t bits) const override;

  /// Nmap's fingerprints.
  const FingerprintDatabase& database() const { return *database_; }
  /// At most `count` names nearest to `name`, nearest first.
  std::vector<ResolvedName> nearest(std::string_view name, std::size_t count) const;

 private:
  std::shared_ptr<const Personality> compiled(const Fingerprint& fingerprint) const;
  FoundPersonality find_substitute(std::string_view name) const;
  const FingerprintDatabase& all_or_own() const;

  std::shared_ptr<const FingerprintDatabase> database_;
  FingerprintIndex index_;
  // Created on first use.
  mutable std::optional<NameResolver> resolver_;
  mutable std::unordered_map<const Fingerprint*, std::shared_ptr<const Personality>> compiled_;
};

}  // namespace apiary
