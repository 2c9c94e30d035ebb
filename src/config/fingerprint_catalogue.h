#pragma once

#include <memory>

#include "config/personality_catalogue.h"
#include "personality/fingerprint_database.h"
#include "personality/fingerprint_index.h"

namespace apiary {

/// The personalities of Nmap's fingerprints, each compiled when it is asked for, with values that
/// tell it from those of other names; and our own, of which a name counts where Nmap's has it not.
class FingerprintCatalogue final : public PersonalityCatalogue {
 public:
  /// `database`: Nmap's; not null, but may be empty.
  explicit FingerprintCatalogue(std::shared_ptr<const FingerprintDatabase> database)
      : database_(std::move(database)), index_(*database_) {}

  tl::expected<FoundPersonality, NearestNames> find(std::string_view name) const override;
  std::shared_ptr<const Personality> choose(std::uint64_t bits) const override;

 private:
  std::shared_ptr<const FingerprintDatabase> database_;
  FingerprintIndex index_;
};

}  // namespace apiary
