#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "base/address.h"
#include "posix/system_error.h"

namespace apiary {

/// An IPv4 address of this machine.
struct OwnAddress {
  IpAddress address;
  int length = 32;  // of the prefix of its network
  std::string interface;
  bool has_broadcast = false;  // its network has a broadcast address

  IpPrefix network() const { return {address, length}; }
};

/// Errors: the kernel does not list them.
tl::expected<std::vector<OwnAddress>, SystemError> own_addresses();

}  // namespace apiary
