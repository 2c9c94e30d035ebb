#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "honeynet/nic_profile.h"

namespace apiary {

/// Why no prefixes were found.
struct UnknownVendor {
  std::vector<std::string> nearest;  // at most three names that may be meant
  std::string problem{};             // no vendor is known at all, and what to do; mostly empty
};

/// Where the names of makers of network cards come from.
class VendorCatalogue {
 public:
  virtual ~VendorCatalogue() = default;
  /// The prefixes of whoever is called `vendor`, never none.
  virtual tl::expected<std::vector<Oui>, UnknownVendor> find(std::string_view vendor) const = 0;
};

}  // namespace apiary
