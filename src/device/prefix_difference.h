#pragma once

#include <algorithm>
#include <iterator>
#include <vector>

#include "base/address.h"

namespace apiary {

/// Those of `prefixes` that are not among `others`. Both lists are ascending.
inline std::vector<IpPrefix> without(const std::vector<IpPrefix>& prefixes,
                                     const std::vector<IpPrefix>& others) {
  std::vector<IpPrefix> rest;
  std::ranges::set_difference(prefixes, others, std::back_inserter(rest));
  return rest;
}

}  // namespace apiary
