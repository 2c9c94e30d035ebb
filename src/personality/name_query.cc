// What NameResolver makes of a name that it is to find the nearest of.
#include "personality/name_query.h"

#include <algorithm>
#include <limits>

#include "base/edit_distance.h"

namespace apiary {
namespace {

// Weights of what two names can have in common: system before vendor, vendor before device.
constexpr double same_family_counts = 2000;
constexpr double related_family_counts = 1300, each_further_family_loses = 60;
constexpr double vendor_counts = 300, successor_counts = 260;
constexpr double each_later_family_loses = 120, each_later_vendor_loses = 40;
constexpr double implied_device_counts = 150;

}  // namespace

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

NameResolver::Query NameResolver::parse_query(std::string_view name) const {
  std::vector<NameToken> tokens = tokens_of(name);
  Query query{.name = reader_.read(tokens)};
  if (query.name.systems.empty()) {
    correct_slips(tokens);
    SystemName corrected = reader_.read(tokens);
    const bool finds_vendor = query.name.vendors.empty() && !corrected.vendors.empty();
    if (!corrected.systems.empty() || finds_vendor || query.name.names_nothing())
      query.name = std::move(corrected);
  }
  add_families(query);
  add_vendors(query);
  add_devices(query);
  query.words.resize(words_.size());
  for (const std::string& text : query.name.words) {
    const auto known = words_.find(text);
    query.weight += known == words_.end() ? 1 : known->second.weight;
    if (known != words_.end()) query.words[known->second.number] = known->second.weight;
  }
  return query;
}

void NameResolver::add_families(Query& query) const {
  query.families.resize(reader_.family_count());
  double loss = 0;
  const auto want = [&](std::size_t family, const Query::Family& wanted) {
    if (wanted.counts > query.families[family].counts) query.families[family] = wanted;
  };
  for (const NamedSystem& system : query.name.systems) {
    query.has_versions = query.has_versions || !system.versions.empty();
    want(system.family, {same_family_counts - loss, system.family, &system});
    double further = loss;
    for (const std::size_t kin : reader_.related_to(system.family)) {
      want(kin, {related_family_counts - further, system.family});
      further += each_further_family_loses;
    }
    loss += each_later_family_loses;
  }
}

void NameResolver::add_vendors(Query& query) const {
  query.vendors.resize(reader_.vendor_count());
  double loss = 0;
  const auto want = [&](std::size_t vendor, const Query::Vendor& wanted) {
    if (wanted.counts > query.vendors[vendor].counts) query.vendors[vendor] = wanted;
  };
  for (const std::size_t vendor : query.name.vendors) {
    want(vendor, {vendor_counts - loss, vendor});
    for (const std::size_t successor : reader_.successors_of(vendor))
      want(successor, {successor_counts - loss, vendor});
    loss = std::min(loss + each_later_vendor_loses, vendor_counts / 2);
  }
}

/// A system named without a device is general purpose, if the database has such an entry.
void NameResolver::add_devices(Query& query) const {
  const DeviceKinds& wanted = query.name.devices;
  if (wanted.empty() && !query.name.systems.empty()) {
    query.devices.fill(-implied_device_counts / 2);
    query.devices[static_cast<std::size_t>(DeviceKind::general_purpose)] = implied_device_counts;
  }
  for (std::size_t i = 0; i < device_kind_count && !wanted.empty(); ++i) {
    double alike = 0;
    for (std::size_t j = 0; j < device_kind_count; ++j)
      if (wanted.contains(static_cast<DeviceKind>(j)))
        alike = std::max(alike, similarity(static_cast<DeviceKind>(i), static_cast<DeviceKind>(j)));
    query.devices[i] = device_counts * (alike == 0 ? -0.4 : alike);
  }
}

}  // namespace apiary
