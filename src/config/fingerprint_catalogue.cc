#include "config/fingerprint_catalogue.h"

#include <fmt/format.h>

#include "personality/own_personalities.h"
#include "personality/separate.h"

namespace apiary {
namespace {

/// `database`, or ours where that is empty.
const FingerprintDatabase& all_or_own(const FingerprintDatabase& database) {
  return database.fingerprints().empty() ? own_personalities() : database;
}

}  // namespace

tl::expected<FoundPersonality, NearestNames> FingerprintCatalogue::find(
    std::string_view name) const {
  const auto found = database_->find(name);
  if (!found) {
    if (const auto own = own_personalities().find(name); own && !own->by_alias)
      return FoundPersonality{
          std::make_shared<const Personality>(compile_personality(*own->fingerprint))};
    const auto nearest = all_or_own(*database_).nearest_names(name);
    return tl::unexpected(NearestNames{{nearest.begin(), nearest.end()}});
  }
  const NarrowedFingerprint narrowed = separate(*found->fingerprint, index_);
  FoundPersonality result{
      std::make_shared<const Personality>(compile_personality(narrowed.fingerprint()))};
  if (found->by_alias)
    result.notice = fmt::format("\"{}\" is a name of Nmap's first generation; \"{}\" stands for it",
                                name, result.personality->name);
  return result;
}

std::shared_ptr<const Personality> FingerprintCatalogue::choose(std::uint64_t bits) const {
  const auto& all = all_or_own(*database_).fingerprints();
  return std::make_shared<const Personality>(compile_personality(all[bits % all.size()]));
}

}  // namespace apiary
