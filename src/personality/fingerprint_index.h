#pragma once

#include <array>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "personality/fingerprint_database.h"

namespace apiary {

/// Finds the entries of a database that a machine can be mistaken for. Compares each distinct line
/// once, since many entries share lines.
class FingerprintIndex {
 public:
  /// `database` must outlive this object and must not be moved.
  explicit FingerprintIndex(const FingerprintDatabase& database);

  /// The entries that overlap with `fingerprint` in every attribute that Nmap would observe,
  /// including itself.
  std::vector<const Fingerprint*> overlapping(const Fingerprint& fingerprint) const;

 private:
  struct Item {
    std::string_view attribute, expression;
  };
  using Line = std::vector<Item>;
  struct Lines {
    std::vector<Line> lines;              // distinct
    std::vector<std::uint16_t> of_entry;  // the line of each entry, or `none`
  };
  static constexpr std::uint16_t none = 0xffff;

  static Line parse(std::string_view text);
  static bool can_match(NmapTest test, const Line& mine, const Line& other, bool knows_distance);

  const std::vector<Fingerprint>& entries_;
  std::array<Lines, nmap_test_count> tests_;
};

}  // namespace apiary
