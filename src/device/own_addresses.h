#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "base/address.h"
#include "posix/system_error.h"

namespace apiary {

/// An IPv4 address of this machine, or a prefix whose addresses all are the machine's own.
struct OwnAddress {
  IpAddress address;
  int length = 32;  // of the prefix of its network
  std::string interface;
  bool has_broadcast = false;  // its network has a broadcast address
  // Of the prefix whose addresses all are the machine's own; below 32 by a route of type local.
  int own_length = 32;

  IpPrefix network() const { return {address, length}; }
  IpPrefix own() const { return {address, own_length}; }
};

/// Errors: the kernel does not list them.
tl::expected<std::vector<OwnAddress>, SystemError> own_addresses();

}  // namespace apiary
