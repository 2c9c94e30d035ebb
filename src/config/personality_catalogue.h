#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "personality/personality.h"

namespace apiary {

/// The names most similar to an unknown one, the likeliest first.
struct NearestNames {
  std::vector<std::string> names;
};

/// A personality found by a name in a configuration.
struct FoundPersonality {
  std::shared_ptr<const Personality> personality;  // never null
  /// A notice about the name, such as that it is an old one; usually empty.
  std::string notice{};
  /// The name is unknown: this is the nearest other system.
  bool stands_in = false;
  NearestNames others{};  // candidates other than the substitute
};

/// The source of personalities by name.
class PersonalityCatalogue {
 public:
  virtual ~PersonalityCatalogue() = default;
  /// The personality called `name`, or a substitute. Error: at most three names that may be meant.
  virtual tl::expected<FoundPersonality, NearestNames> find(std::string_view name) const = 0;
  /// A personality chosen by `bits`: the same for the same bits. nullptr: there are none.
  virtual std::shared_ptr<const Personality> choose(std::uint64_t bits) const = 0;
};

}  // namespace apiary
