#include "config/fingerprint_catalogue.h"

#include <fmt/format.h>

#include "personality/separate.h"

namespace apiary {

tl::expected<FoundPersonality, NearestNames> FingerprintCatalogue::find(
    std::string_view name) const {
  const auto found = database_->find(name);
  if (!found) {
    const auto nearest = database_->nearest_names(name);
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
  const auto& all = database_->fingerprints();
  if (all.empty()) return nullptr;
  return std::make_shared<const Personality>(compile_personality(all[bits % all.size()]));
}

}  // namespace apiary
