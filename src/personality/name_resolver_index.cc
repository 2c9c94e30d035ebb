// Turns the names and Class lines of a database into entries that names are compared with.
#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_set>

#include "personality/name_resolver.h"

namespace apiary {
namespace {

// Families of Class lines that name no system, or are common words.
constexpr auto no_families =
    std::to_array<std::string_view>({"embedded", "RTOS", "Unix", "i", "Desktop", "Player", "ETS",
                                     "EOS", "ROS", "Network Operating System", "VM Server"});
constexpr auto everyday_vendors = std::to_array<std::string_view>(
    {"Free", "Orange", "Alice", "Beat", "Dream", "Elk", "cab", "Bush", "Rio", "Revo", "Rabbit",
     "Open", "Digital Link", "Bluebird", "Ness", "Star", "Metrix"});

template <class List, class Value>
bool is_listed(const List& list, const Value& value) {
  return std::ranges::find(list, value) != std::end(list);
}

std::string_view take_field(std::string_view& line) {
  std::string_view field = line.substr(0, line.find('|'));
  line.remove_prefix(std::min(field.size() + 1, line.size()));
  const std::size_t first = field.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return field.substr(first, field.find_last_not_of(" \t\r") - first + 1);
}

struct ClassLine {
  std::string_view vendor, family, generation, device;
};

std::vector<ClassLine> classes_of(const Fingerprint& fingerprint) {
  std::vector<ClassLine> classes;
  for (std::string_view rest = fingerprint.classes; !rest.empty();) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (!line.starts_with("Class")) continue;
    line.remove_prefix(5);
    ClassLine& read = classes.emplace_back();
    for (std::string_view* const field :
         {&read.vendor, &read.family, &read.generation, &read.device})
      *field = take_field(line);
  }
  return classes;
}

/// The penalty for fingerprints unlike a machine with open ports that answers.
double misfit_of(const Fingerprint& fingerprint, std::size_t systems) {
  double penalty = 6.0 * static_cast<double>(systems > 0 ? systems - 1 : 0);
  constexpr std::array answered = {NmapTest::ecn, NmapTest::t1, NmapTest::t4, NmapTest::t5,
                                   NmapTest::t6,  NmapTest::u1, NmapTest::ie};
  for (const NmapTest test : answered) penalty += fingerprint.is_silent(test) ? 1 : 0;
  const auto flags = fingerprint.find(NmapTest::t1, "F");
  if (fingerprint.is_silent(NmapTest::t1) ||
      (flags && flags->choose({}).find('R') != std::string_view::npos))
    penalty += 150;
  return penalty;
}

}  // namespace

NameResolver::NameResolver(const FingerprintDatabase& database) {
  const auto& all = database.fingerprints();
  std::vector<const Fingerprint*> best;  // the best of each name
  best.reserve(all.size());
  for (const Fingerprint& fingerprint : all)
    if (const auto found = database.find(fingerprint.name);
        found && found->fingerprint == &fingerprint)
      best.push_back(&fingerprint);
  std::unordered_set<std::string_view> known;
  for (const Fingerprint* const fingerprint : best)
    for (const ClassLine& line : classes_of(*fingerprint)) {
      if (known.insert(line.vendor).second && !is_listed(everyday_vendors, line.vendor))
        reader_.add_vendor(line.vendor);
      if (known.insert(line.family).second && !is_listed(no_families, line.family))
        reader_.add_family(line.family);
    }
  entries_.reserve(best.size());
  for (const Fingerprint* const fingerprint : best) add(*fingerprint);
  known_texts_.clear();
  weigh_words();
  index_entries();
}

const SystemName& NameResolver::read_once(const std::string& text) {
  const auto [known, is_new] = known_texts_.try_emplace(text);
  if (is_new) known->second = reader_.read(text);
  return known->second;
}

void NameResolver::add(const Fingerprint& fingerprint) {
  Entry& entry = entries_.emplace_back();
  entry.fingerprint = &fingerprint;
  entry.name = reader_.read(fingerprint.name);
  std::size_t systems = 0;
  DeviceKinds devices;
  for (const ClassLine& line : classes_of(fingerprint)) {
    ++systems;
    devices.add(read_once(std::string(line.device)).devices);
    for (const std::size_t vendor : read_once(std::string(line.vendor)).vendors)
      if (!is_listed(entry.name.vendors, vendor)) entry.name.vendors.push_back(vendor);
    if (is_listed(no_families, line.family)) continue;
    std::string system(line.family);
    system.append(" ").append(line.generation);
    for (const NamedSystem& named : read_once(system).systems) {
      const auto found = std::ranges::find(entry.name.systems, named.family, &NamedSystem::family);
      if (found != entry.name.systems.end() && !found->versions.empty()) continue;
      entry.is_vague = entry.is_vague || !named.versions.empty();
      if (found == entry.name.systems.end())
        entry.name.systems.push_back(named);
      else
        found->versions = named.versions;
    }
  }
  if (!devices.empty()) entry.name.devices = devices;
  entry.penalty = misfit_of(fingerprint, systems);
  note_newest(entry.name);
  for (const std::string& text : entry.name.words) {
    const auto [word, is_new] = words_.try_emplace(text, Word{words_.size(), 0});
    word->second.weight += 1;
    entry.words.push_back({word->second.number, 0});
  }
}

void NameResolver::note_newest(const SystemName& name) {
  newest_.resize(reader_.family_count());
  for (const NamedSystem& system : name.systems)
    for (const VersionRange& range : system.versions)
      newest_[system.family] = std::max(newest_[system.family], range.high);
}

/// The weight of a word is higher the fewer names have it.
void NameResolver::weigh_words() {
  const auto all = static_cast<float>(entries_.size());
  std::vector<float> weights(words_.size());
  for (auto& [text, word] : words_) {
    word.weight = all < 2 ? 1 : std::log((all + 1) / word.weight) / std::log(all + 1);
    weights[word.number] = word.weight;
  }
  for (Entry& entry : entries_)
    for (Word& word : entry.words) entry.weight += word.weight = weights[word.number];
}

void NameResolver::index_entries() {
  of_family_.resize(reader_.family_count());
  of_vendor_.resize(reader_.vendor_count());
  of_device_.resize(device_kind_count);
  of_word_.resize(words_.size());
  for (std::uint32_t i = 0; i < entries_.size(); ++i) {
    Entry& entry = entries_[i];
    for (std::uint8_t kind = 0; kind < device_kind_count; ++kind)
      if (entry.name.devices.contains(static_cast<DeviceKind>(kind))) entry.devices.push_back(kind);
    for (const NamedSystem& system : entry.name.systems) of_family_[system.family].push_back(i);
    for (const std::size_t vendor : entry.name.vendors) of_vendor_[vendor].push_back(i);
    for (const std::uint8_t kind : entry.devices) of_device_[kind].push_back(i);
    for (const Word& word : entry.words) of_word_[word.number].push_back(i);
  }
  for (const auto& [text, word] : words_)
    words_from_[static_cast<std::uint8_t>(text[0])].push_back(&text);
}

}  // namespace apiary
