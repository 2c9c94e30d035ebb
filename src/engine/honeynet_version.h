#pragma once

#include <memory>

#include "base/address_set.h"

namespace apiary {

class Honeynet;

/// The honeynet and the addresses that an engine answers for. A reload replaces both.
struct HoneynetVersion {
  std::shared_ptr<const Honeynet> honeynet;  // not null
  AddressSet claimed;
};

}  // namespace apiary
