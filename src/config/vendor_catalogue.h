#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "honeynet/nic_profile.h"

namespace apiary {

struct FoundVendor {
  std::vector<Oui> prefixes;  // never none
  std::string stand_in{};     // who stands in for a name that nobody has; empty: no need
};

/// Where the names of makers of network cards come from.
class VendorCatalogue {
 public:
  virtual ~VendorCatalogue() = default;
  /// Whoever is called `vendor`, or the one nearest to that name. Error: there is none; what to do,
  /// which may be empty.
  virtual tl::expected<FoundVendor, std::string> find(std::string_view vendor) const = 0;
};

}  // namespace apiary
