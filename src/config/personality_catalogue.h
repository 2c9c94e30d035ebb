#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "personality/personality.h"

namespace apiary {

/// The names most like one that no personality has, the most likely first.
struct NearestNames {
  std::vector<std::string> names;
};

/// A personality, by the name that a configuration calls it.
struct FoundPersonality {
  std::shared_ptr<const Personality> personality;  // never null
  /// What is worth knowing about the name, such as that it is an old one; mostly empty.
  std::string notice{};
  /// No personality is called so: this is another system, the nearest there is.
  bool stands_in = false;
  NearestNames others{};  // next to one that stands in
};

/// Where the names of operating systems come from.
class PersonalityCatalogue {
 public:
  virtual ~PersonalityCatalogue() = default;
  /// The personality called `name`, or one that stands in for it; else the (at most three) names
  /// it may be meant for.
  virtual tl::expected<FoundPersonality, NearestNames> find(std::string_view name) const = 0;
  /// One of them, chosen by `bits`: the same for the same bits. nullptr: there are none.
  virtual std::shared_ptr<const Personality> choose(std::uint64_t bits) const = 0;
};

}  // namespace apiary
