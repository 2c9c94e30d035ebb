#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "personality/name_resolver.h"

namespace apiary {

/// The weight of a device that two names have in common.
inline constexpr double device_counts = 250;

/// The meaning of a name, and the weight of each match with an entry.
struct NameResolver::Query {
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

}  // namespace apiary
