#include "personality/name_resolver.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>

#include "base/edit_distance.h"

namespace apiary {
namespace {

// Weights of what two names can have in common: system before vendor, vendor before device, and
// words last.
constexpr double same_family_counts = 2000;
constexpr double kin_counts = 1300, each_further_kin_loses = 60;
constexpr double version_counts = 700, same_version_counts = 150;
constexpr double vendor_counts = 300, successor_counts = 260;
constexpr double each_later_family_loses = 120, each_later_vendor_loses = 40;
constexpr double device_counts = 250, implied_device_counts = 150;
constexpr double words_count = 200, words_count_within_family = 120;
constexpr double newness_counts = 10;  // breaks ties

constexpr double vague_version_loses = 80;
constexpr double unknown_distance = 8;    // of versions, if one of the names has none
constexpr double years_of_a_version = 3;  // of Windows

/// The gap between the two nearest versions, and how different their ranges are, which decides
/// between overlapping ones.
struct Distance {
  double gap = std::numeric_limits<double>::infinity(), spread = 0;
};
Distance distance(const std::vector<VersionRange>& wanted, const std::vector<VersionRange>& had) {
  if (wanted.empty() || had.empty()) return {unknown_distance, 0};
  Distance nearest;
  for (const VersionRange& a : wanted)
    for (const VersionRange& b : had) {
      const double ends = std::abs(a.low - b.low) + std::abs(a.high - b.high);
      const Distance pair{std::max({0.0, a.low - b.high, b.low - a.high}), std::min(ends, 1.0)};
      if (pair.gap < nearest.gap || (pair.gap == nearest.gap && pair.spread < nearest.spread))
        nearest = pair;
    }
  return nearest;
}

/// From 1 (the same versions) to 0. Falls steeply at first.
double closeness(double gap, double spread) {
  constexpr double spread_counts = 0.0005;
  return 1 / (1 + 2 * std::sqrt(gap + spread_counts * spread));
}

}  // namespace

/// The meaning of a name, and the weight of each match with an entry.
struct NameResolver::Question {
  struct Family {
    double counts = 0;
    std::size_t of = 0;                   // the family that was named
    const NamedSystem* wanted = nullptr;  // null: only kin of the named family
  };
  struct Vendor {
    double counts = 0;
    std::size_t of = 0;  // the vendor that was named
  };
  SystemName name;
  bool has_versions = false;
  std::vector<Family> families;
  std::vector<Vendor> vendors;
  std::array<double, device_kind_count> devices{};
  std::vector<float> words;  // their weights, by number; 0: not in the name
  float weight = 0;          // of all words
};

/// Corrects words that no name has if they differ from a known one by one or two typing errors.
void NameResolver::correct_slips(std::vector<NameToken>& tokens) const {
  constexpr std::size_t shortest = 4, long_word = 8;
  for (NameToken& token : tokens) {
    const std::size_t slips = token.text.size() < long_word ? 1 : 2;
    if (token.text.size() < shortest || token.is_number() || words_.contains(token.text)) continue;
    const std::string* meant = nullptr;
    float least = std::numeric_limits<float>::max();
    for (const std::string* const text : words_from_[static_cast<std::uint8_t>(token.text[0])]) {
      if (text->size() < shortest) continue;
      const std::size_t distance = edit_distance(token.text, *text, slips);
      if (distance > slips) continue;
      const float unlikely = static_cast<float>(distance) + words_.at(*text).weight;
      if (unlikely > least || (unlikely == least && *text > *meant)) continue;
      meant = text;
      least = unlikely;
    }
    if (meant != nullptr) token = tokens_of(*meant).front();
  }
}

NameResolver::Question NameResolver::ask(std::string_view name) const {
  std::vector<NameToken> tokens = tokens_of(name);
  Question question{.name = reader_.read(tokens)};
  if (question.name.systems.empty()) {
    correct_slips(tokens);
    SystemName corrected = reader_.read(tokens);
    const bool finds_vendor = question.name.vendors.empty() && !corrected.vendors.empty();
    if (!corrected.systems.empty() || finds_vendor || question.name.names_nothing())
      question.name = std::move(corrected);
  }
  ask_for_families(question);
  ask_for_vendors(question);
  ask_for_devices(question);
  question.words.resize(words_.size());
  for (const std::string& text : question.name.words) {
    const auto known = words_.find(text);
    question.weight += known == words_.end() ? 1 : known->second.weight;
    if (known != words_.end()) question.words[known->second.number] = known->second.weight;
  }
  return question;
}

void NameResolver::ask_for_families(Question& question) const {
  question.families.resize(reader_.family_count());
  double loss = 0;
  const auto want = [&](std::size_t family, const Question::Family& wanted) {
    if (wanted.counts > question.families[family].counts) question.families[family] = wanted;
  };
  for (const NamedSystem& system : question.name.systems) {
    question.has_versions = question.has_versions || !system.versions.empty();
    want(system.family, {same_family_counts - loss, system.family, &system});
    double further = loss;
    for (const std::size_t kin : reader_.kin_of(system.family)) {
      want(kin, {kin_counts - further, system.family});
      further += each_further_kin_loses;
    }
    loss += each_later_family_loses;
  }
}

void NameResolver::ask_for_vendors(Question& question) const {
  question.vendors.resize(reader_.vendor_count());
  double loss = 0;
  const auto want = [&](std::size_t vendor, const Question::Vendor& wanted) {
    if (wanted.counts > question.vendors[vendor].counts) question.vendors[vendor] = wanted;
  };
  for (const std::size_t vendor : question.name.vendors) {
    want(vendor, {vendor_counts - loss, vendor});
    for (const std::size_t successor : reader_.successors_of(vendor))
      want(successor, {successor_counts - loss, vendor});
    loss = std::min(loss + each_later_vendor_loses, vendor_counts / 2);
  }
}

/// A system named without a device is general purpose, if the database has such an entry.
void NameResolver::ask_for_devices(Question& question) const {
  const DeviceKinds& wanted = question.name.devices;
  if (wanted.empty() && !question.name.systems.empty()) {
    question.devices.fill(-implied_device_counts / 2);
    question.devices[static_cast<std::size_t>(DeviceKind::general_purpose)] = implied_device_counts;
  }
  for (std::size_t i = 0; i < device_kind_count && !wanted.empty(); ++i) {
    double alike = 0;
    for (std::size_t j = 0; j < device_kind_count; ++j)
      if (wanted.contains(static_cast<DeviceKind>(j)))
        alike = std::max(alike, similarity(static_cast<DeviceKind>(i), static_cast<DeviceKind>(j)));
    question.devices[i] = device_counts * (alike == 0 ? -0.4 : alike);
  }
}

double NameResolver::newness(const NamedSystem& system) const {
  double newest = 0;
  for (const VersionRange& range : system.versions) newest = std::max(newest, range.high);
  return newest_[system.family] == 0 ? 0 : newest / newest_[system.family];
}

void NameResolver::compare_systems(const Question& question, const Entry& entry,
                                   NameSimilarity& similarity) const {
  for (const NamedSystem& had : entry.name.systems) {
    const Question::Family& family = question.families[had.family];
    if (family.counts == 0) continue;
    if (family.wanted == nullptr) {
      // Old names belong to old systems.
      const double score = family.counts - newness_counts * newness(had);
      if (score > similarity.score) similarity = {Resemblance::kin, score, family.of};
      continue;
    }
    const bool any_will_do = family.wanted->versions.empty() && !question.has_versions;
    const double unit = reader_.is_windows(had.family) ? years_of_a_version : 1;
    const auto [gap, spread] =
        any_will_do ? Distance{0, 0} : distance(family.wanted->versions, had.versions);
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

void NameResolver::compare_vendors(const Question& question, const Entry& entry,
                                   NameSimilarity& similarity) const {
  Question::Vendor most;
  for (const std::size_t vendor : entry.name.vendors)
    if (question.vendors[vendor].counts > most.counts) most = question.vendors[vendor];
  similarity.score += most.counts;
  if (most.counts > 0 && similarity.resemblance == Resemblance::nothing)
    similarity = {Resemblance::vendor, similarity.score, most.of};
}

NameResolver::NameSimilarity NameResolver::compare(const Question& question,
                                                   const Entry& entry) const {
  NameSimilarity similarity;
  compare_systems(question, entry, similarity);
  compare_vendors(question, entry, similarity);
  double device = entry.devices.empty() ? 0 : -device_counts;
  for (const std::uint8_t kind : entry.devices) device = std::max(device, question.devices[kind]);
  similarity.score += device;
  if (device > 0 && similarity.resemblance == Resemblance::nothing &&
      !question.name.devices.empty())
    similarity.resemblance = Resemblance::device;
  float shared = 0;
  for (const Word& word : entry.words) shared += question.words[word.number];
  if (shared > 0) {
    const bool is_family = similarity.resemblance <= Resemblance::other_version;
    similarity.score += (is_family ? words_count_within_family : words_count) * 2 *
                        static_cast<double>(shared / (question.weight + entry.weight));
    if (similarity.resemblance == Resemblance::nothing) similarity.resemblance = Resemblance::words;
  }
  similarity.score -= entry.misfit;
  return similarity;
}

std::string NameResolver::kind_of(const Question& question,
                                  const NameSimilarity& similarity) const {
  switch (similarity.resemblance) {
    case Resemblance::same_version:
    case Resemblance::other_version:
    case Resemblance::kin:
      return reader_.family_name(similarity.of);
    case Resemblance::vendor:
      return reader_.vendor_name(similarity.of);
    case Resemblance::device:
      return std::string(name_of(question.name.devices.front()));
    case Resemblance::words:
    case Resemblance::nothing:
      break;
  }
  return {};
}

/// The entries that may be among the `count` nearest, those of the same or a related family first.
std::vector<std::uint32_t> NameResolver::candidates(const Question& question,
                                                    std::size_t count) const {
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
    if (question.families[i].counts > 0) add(of_family_[i]);
  if (found.size() >= count) return found;
  for (std::size_t i = 0; i < of_vendor_.size(); ++i)
    if (question.vendors[i].counts > 0) add(of_vendor_[i]);
  for (std::size_t i = 0; i < device_kind_count; ++i)
    if (question.devices[i] > 0) add(of_device_[i]);
  for (std::size_t i = 0; i < of_word_.size(); ++i)
    if (question.words[i] > 0) add(of_word_[i]);
  return found;
}

std::vector<ResolvedName> NameResolver::nearest(std::string_view name, std::size_t count) const {
  const Question question = ask(name);
  struct Ranked {
    NameSimilarity similarity;
    const Entry* entry;
  };
  std::vector<Ranked> ranked;
  for (const std::uint32_t i : candidates(question, count))
    ranked.push_back({compare(question, entries_[i]), &entries_[i]});
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
    result.push_back({entry->fingerprint, similarity.resemblance, similarity.score,
                      kind_of(question, similarity)});
  return result;
}

}  // namespace apiary
