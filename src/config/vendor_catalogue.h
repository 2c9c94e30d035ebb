#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "honeynet/nic_profile.h"

namespace apiary {

struct FoundVendor {
  std::vector<Oui> prefixes;  // never empty
  std::string stand_in{};     // the substitute for an unknown name; empty: the name is known
};

/// The source of vendors of network cards by name.
class VendorCatalogue {
 public:
  virtual ~VendorCatalogue() = default;
  /// The vendor of this name, or the nearest one. Error: there is none; the text says what to do,
  /// and may be empty.
  virtual tl::expected<FoundVendor, std::string> find(std::string_view vendor) const = 0;
};

}  // namespace apiary
