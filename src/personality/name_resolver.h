#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "personality/fingerprint_database.h"
#include "personality/name_reader.h"

namespace apiary {

/// Why a fingerprint substitutes a name that a database does not have.
enum class Resemblance : std::uint8_t {
  same_version,   // the same system, in a version that the name has
  other_version,  // the same system; the nearest version, if the name has one
  related,        // a system of the same descent
  vendor,         // a device of the same vendor
  device,         // a device of the same kind, of another vendor
  words,          // an entry whose name shares words
  nothing,
};

/// A fingerprint that may stand for a name, and why.
struct ResolvedName {
  const Fingerprint* fingerprint = nullptr;  // as long as the database lives
  Resemblance resemblance = Resemblance::nothing;
  double score = 0;  // higher is likelier; comparable only for the same name
  std::string kind;  // what the search was for: "OpenBSD", "Cisco", "print server"; may be empty
};

/// Finds the nearest fingerprints for names that a database does not have: the same family of
/// systems and the nearest version, else a related family, else the device's vendor and kind, then
/// common words. It uses the names and Class lines of the database and the descent of families
/// (system_families.h); it contains no fingerprint's name.
class NameResolver {
 public:
  /// `database` must outlive the resolver and must not be moved. Parses all names, which takes a
  /// few milliseconds.
  explicit NameResolver(const FingerprintDatabase& database);

  /// The at most `count` nearest names, each once, nearest first; of equal ones the newest first.
  /// Leaves out names that have nothing in common with `name`.
  std::vector<ResolvedName> nearest(std::string_view name, std::size_t count) const;

 private:
  struct Word {
    std::size_t number;
    float weight;  // from 0, in every name, to 1, in one name
  };
  struct Entry {
    const Fingerprint* fingerprint;
    SystemName name;
    std::vector<Word> words;            // sorted by number
    std::vector<std::uint8_t> devices;  // DeviceKinds as numbers
    float weight = 0;                   // of all words
    double penalty = 0;                 // penalty for honeypots: silent, refusing, several systems
    bool is_vague = false;              // only a Class line has one of its versions
  };
  struct Query;
  struct NameSimilarity {
    Resemblance resemblance = Resemblance::nothing;
    double score = 0;
    std::size_t of = 0;  // the family or vendor in common
  };

  void add(const Fingerprint& fingerprint);
  const SystemName& read_once(const std::string& text);
  void weigh_words();
  void index_entries();
  void note_newest(const SystemName& name);
  void correct_slips(std::vector<NameToken>& tokens) const;
  Query parse_query(std::string_view name) const;
  void add_families(Query& query) const;
  void add_vendors(Query& query) const;
  void add_devices(Query& query) const;
  void compare_systems(const Query& query, const Entry& entry, NameSimilarity& similarity) const;
  void compare_vendors(const Query& query, const Entry& entry, NameSimilarity& similarity) const;
  NameSimilarity compare(const Query& query, const Entry& entry) const;
  std::vector<std::uint32_t> candidates(const Query& query, std::size_t count) const;
  std::string kind_of(const Query& query, const NameSimilarity& similarity) const;
  double newness(const NamedSystem& system) const;

  NameReader reader_;
  std::vector<Entry> entries_;
  std::unordered_map<std::string, Word> words_;
  std::vector<double> newest_;                               // version, by family
  std::unordered_map<std::string, SystemName> known_texts_;  // of Class lines, while parsing

  // The entries that have a family, vendor, device or word, by its number.
  using Places = std::vector<std::vector<std::uint32_t>>;
  Places of_family_, of_vendor_, of_device_, of_word_;
  std::array<std::vector<const std::string*>, 256> words_from_;  // by their first byte
};

}  // namespace apiary
