#pragma once

#include <array>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "personality/fingerprint_database.h"

namespace apiary {

/// Finds the entries of a database that a machine can be mistaken for. Many entries share whole
/// lines, so that each is compared once.
class FingerprintIndex {
 public:
  /// `database` outlives it, and is not moved.
  explicit FingerprintIndex(const FingerprintDatabase& database);

  /// The entries that accept, of each attribute Nmap would observe, a value that `fingerprint` also
  /// accepts; itself among them.
  std::vector<const Fingerprint*> overlapping(const Fingerprint& fingerprint) const;

 private:
  struct Item {
    std::string_view attribute, expression;
  };
  using Line = std::vector<Item>;
  struct Lines {
    std::vector<Line> lines;              // the different ones
    std::vector<std::uint16_t> of_entry;  // which of them an entry has, or `none`
  };
  static constexpr std::uint16_t none = 0xffff;

  static Line parse(std::string_view text);
  static bool can_match(NmapTest test, const Line& mine, const Line& other, bool knows_distance);

  const std::vector<Fingerprint>& entries_;
  std::array<Lines, nmap_test_count> tests_;
};

}  // namespace apiary
