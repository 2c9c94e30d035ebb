#include "personality/name_resolver.h"

#include <algorithm>
#include <span>

#include "personality/name_query.h"

namespace apiary {
namespace {

// Weights of what two names can have in common, with those in name_query.cc: words come last.
constexpr double version_counts = 700, same_version_counts = 150;
constexpr double words_count = 200, words_count_within_family = 120;
constexpr double newness_counts = 10;  // breaks ties

constexpr double vague_version_loses = 80;
constexpr double years_of_a_version = 3;  // of Windows

}  // namespace

double NameResolver::newness(const NamedSystem& system) const {
  double newest = 0;
  for (const VersionRange& range : system.versions) newest = std::max(newest, range.high);
  return newest_[system.family] == 0 ? 0 : newest / newest_[system.family];
}

void NameResolver::compare_systems(const Query& query, const Entry& entry,
                                   NameSimilarity& similarity) const {
  for (const NamedSystem& had : entry.name.systems) {
    const Query::Family& family = query.families[had.family];
    if (family.counts == 0) continue;
    if (family.wanted == nullptr) {
      // Old names belong to old systems.
      const double score = family.counts - newness_counts * newness(had);
      if (score > similarity.score) similarity = {Resemblance::related, score, family.of};
      continue;
    }
    const bool any_will_do = family.wanted->versions.empty() && !query.has_versions;
    const double unit = reader_.is_windows(had.family) ? years_of_a_version : 1;
    const auto [gap, spread] =
        any_will_do ? VersionDistance{0, 0} : distance(family.wanted->versions, had.versions);
    const double score = family.counts + version_counts * closeness(gap / unit, spread) +
                         (gap == 0 && !any_will_do ? same_version_counts / (1 + 50 * spread) : 0) +
                         (any_will_do ? newness_counts * newness(had) : 0) -
                         (entry.is_vague ? vague_version_loses : 0);
    if (score > similarity.score)
      similarity = {
          gap == 0 && !any_will_do ? Resemblance::same_version : Resemblance::other_version, score,
          family.of};
  }
}

void NameResolver::compare_vendors(const Query& query, const Entry& entry,
                                   NameSimilarity& similarity) const {
  Query::Vendor most;
  for (const std::size_t vendor : entry.name.vendors)
    if (query.vendors[vendor].counts > most.counts) most = query.vendors[vendor];
  similarity.score += most.counts;
  if (most.counts > 0 && similarity.resemblance == Resemblance::nothing)
    similarity = {Resemblance::vendor, similarity.score, most.of};
}

NameResolver::NameSimilarity NameResolver::compare(const Query& query, const Entry& entry) const {
  NameSimilarity similarity;
  compare_systems(query, entry, similarity);
  compare_vendors(query, entry, similarity);
  double device = entry.devices.empty() ? 0 : -device_counts;
  for (const std::uint8_t kind : entry.devices) device = std::max(device, query.devices[kind]);
  similarity.score += device;
  if (device > 0 && similarity.resemblance == Resemblance::nothing && !query.name.devices.empty())
    similarity.resemblance = Resemblance::device;
  float shared = 0;
  for (const Word& word : entry.words) shared += query.words[word.number];
  if (shared > 0) {
    const bool is_family = similarity.resemblance <= Resemblance::other_version;
    similarity.score += (is_family ? words_count_within_family : words_count) * 2 *
                        static_cast<double>(shared / (query.weight + entry.weight));
    if (similarity.resemblance == Resemblance::nothing) similarity.resemblance = Resemblance::words;
  }
  similarity.score -= entry.penalty;
  return similarity;
}

std::string NameResolver::kind_of(const Query& query, const NameSimilarity& similarity) const {
  switch (similarity.resemblance) {
    case Resemblance::same_version:
    case Resemblance::other_version:
    case Resemblance::related:
      return reader_.family_name(similarity.of);
    case Resemblance::vendor:
      return reader_.vendor_name(similarity.of);
    case Resemblance::device:
      return std::string(name_of(query.name.devices.front()));
    case Resemblance::words:
    case Resemblance::nothing:
      break;
  }
  return {};
}

/// The entries that may be among the `count` nearest, those of the same or a related family first.
std::vector<std::uint32_t> NameResolver::candidates(const Query& query, std::size_t count) const {
  std::vector<std::uint32_t> found;
  std::vector<bool> is_found(entries_.size());
  const auto add = [&](const std::vector<std::uint32_t>& places) {
    for (const std::uint32_t i : places) {
      if (is_found[i]) continue;
      is_found[i] = true;
      found.push_back(i);
    }
  };
  for (std::size_t i = 0; i < of_family_.size(); ++i)
    if (query.families[i].counts > 0) add(of_family_[i]);
  if (found.size() >= count) return found;
  for (std::size_t i = 0; i < of_vendor_.size(); ++i)
    if (query.vendors[i].counts > 0) add(of_vendor_[i]);
  for (std::size_t i = 0; i < device_kind_count; ++i)
    if (query.devices[i] > 0) add(of_device_[i]);
  for (std::size_t i = 0; i < of_word_.size(); ++i)
    if (query.words[i] > 0) add(of_word_[i]);
  return found;
}

std::vector<ResolvedName> NameResolver::nearest(std::string_view name, std::size_t count) const {
  const Query query = parse_query(name);
  struct Ranked {
    NameSimilarity similarity;
    const Entry* entry;
  };
  std::vector<Ranked> ranked;
  for (const std::uint32_t i : candidates(query, count))
    ranked.push_back({compare(query, entries_[i]), &entries_[i]});
  count = std::min(count, ranked.size());
  std::ranges::partial_sort(ranked, ranked.begin() + static_cast<std::ptrdiff_t>(count),
                            [](const Ranked& a, const Ranked& b) {
                              if (a.similarity.score != b.similarity.score)
                                return a.similarity.score > b.similarity.score;
                              const std::size_t length = a.entry->fingerprint->name.size();
                              const std::size_t other = b.entry->fingerprint->name.size();
                              return length != other ? length < other : a.entry < b.entry;
                            });
  std::vector<ResolvedName> result;
  for (const auto& [similarity, entry] : std::span(ranked).first(count))
    result.push_back(
        {entry->fingerprint, similarity.resemblance, similarity.score, kind_of(query, similarity)});
  return result;
}

}  // namespace apiary
