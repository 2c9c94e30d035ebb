#include "config/fingerprint_catalogue.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "personality/builtin_personalities.h"
#include "personality/disambiguate.h"

namespace apiary {
namespace {

constexpr std::size_t max_others = 3;

/// The least score of common words that is better than the generic personality.
constexpr double telling_words = 60;

std::string_view without_number(std::string_view name) {
  const std::size_t sign = name.rfind(" #");
  const bool is_number = sign != std::string_view::npos && sign + 2 < name.size() &&
                         std::ranges::all_of(name.substr(sign + 2), is_digit);
  return is_number ? name.substr(0, sign) : name;
}

/// The relation of a substitute to the requested system.
std::string reason_for(const ResolvedName& resolved) {
  switch (resolved.resemblance) {
    case Resemblance::same_version:
      return "the same system under another name";
    case Resemblance::other_version:
      return fmt::format("the nearest {}", resolved.kind);
    case Resemblance::related:
      return fmt::format("as there is no {}", resolved.kind);
    case Resemblance::vendor:
      return fmt::format("the nearest of {}", resolved.kind);
    case Resemblance::device:
      return fmt::format("another {}", resolved.kind);
    case Resemblance::words:
      return "with the most similar name";
    case Resemblance::nothing:
      break;
  }
  return "as no word of the name is known";
}

}  // namespace

const FingerprintDatabase& FingerprintCatalogue::all_or_own() const {
  return database_->fingerprints().empty() ? builtin_personalities() : *database_;
}

std::shared_ptr<const Personality> FingerprintCatalogue::compiled(
    const Fingerprint& fingerprint) const {
  auto& personality = compiled_[&fingerprint];
  if (personality != nullptr) return personality;
  const auto own = builtin_personalities().find(fingerprint.name);
  const bool is_ours = own && own->fingerprint == &fingerprint;
  personality = std::make_shared<const Personality>(
      is_ours ? compile_personality(fingerprint)
              : compile_personality(disambiguate(fingerprint, index_).fingerprint()));
  return personality;
}

std::vector<ResolvedName> FingerprintCatalogue::nearest(std::string_view name,
                                                        std::size_t count) const {
  if (!resolver_) resolver_.emplace(all_or_own());
  return resolver_->nearest(name, count);
}

FoundPersonality FingerprintCatalogue::find_substitute(std::string_view name) const {
  if (const std::string_view plain = without_number(name); plain != name)
    if (const auto found = database_->find(plain))
      return {.personality = compiled(*found->fingerprint),
              .notice = fmt::format("there are fewer personalities of the name \"{}\"; the default "
                                    "one is used for \"{}\"",
                                    plain, name),
              .stands_in = true};
  auto nearest = this->nearest(without_number(name), max_others + 1);
  ResolvedName best = nearest.empty() ? ResolvedName{} : nearest.front();
  if (best.resemblance == Resemblance::words && best.score < telling_words)
    best.resemblance = Resemblance::nothing;
  const bool is_known = best.resemblance != Resemblance::nothing;
  FoundPersonality found{
      .personality = is_known ? compiled(*best.fingerprint)
                              : compiled(*builtin_personalities().find("generic")->fingerprint),
      .stands_in = true};
  found.notice = fmt::format("there is no personality \"{}\"; \"{}\" is used instead, {}", name,
                             found.personality->name, reason_for(best));
  for (std::size_t i = is_known ? 1 : 0; i < nearest.size(); ++i)
    if (found.others.names.size() < max_others && nearest[i].resemblance != Resemblance::nothing)
      found.others.names.emplace_back(nearest[i].fingerprint->name);
  return found;
}

tl::expected<FoundPersonality, NearestNames> FingerprintCatalogue::find(
    std::string_view name) const {
  if (const auto found = database_->find(name)) {
    FoundPersonality result{.personality = compiled(*found->fingerprint)};
    if (found->by_alias)
      result.notice =
          fmt::format("\"{}\" is a name of Nmap's first generation; \"{}\" is used for it", name,
                      result.personality->name);
    return result;
  }
  if (const auto own = builtin_personalities().find(name); own && !own->by_alias)
    return FoundPersonality{.personality = compiled(*own->fingerprint)};
  if (name.starts_with('@') || tokens_of(name).empty()) return tl::unexpected(NearestNames{});
  return find_substitute(name);
}

std::shared_ptr<const Personality> FingerprintCatalogue::choose(std::uint64_t bits) const {
  const auto& all = all_or_own().fingerprints();
  return std::make_shared<const Personality>(compile_personality(all[bits % all.size()]));
}

}  // namespace apiary
