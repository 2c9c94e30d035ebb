#pragma once

#include <tl/expected.hpp>
#include <vector>

#include "base/address_set.h"
#include "device/netlink.h"
#include "posix/system_error.h"

namespace apiary {

/// Kernel routes to exactly the addresses of a set, which may change. The destructor does not
/// remove them: the kernel does when the interface goes, or the owner of the set.
class RouteSet {
 public:
  /// All routes have the table and interface of `like`; its destination is ignored.
  RouteSet(Netlink netlink, KernelRoute like) : netlink_(std::move(netlink)), like_(like) {}

  /// Adds missing routes, then removes surplus ones, and touches no other. After an error, all old
  /// routes exist, and perhaps some new ones; the next call continues from there.
  tl::expected<void, SystemError> change_to(const AddressSet& addresses);

  /// The kernel has removed all routes; new ones lead to `interface`.
  void reset(int interface) {
    present_.clear();
    like_.interface = interface;
  }

  Netlink& netlink() { return netlink_; }

 private:
  KernelRoute to(const IpPrefix& destination) const;

  Netlink netlink_;
  KernelRoute like_;
  std::vector<IpPrefix> present_;  // ascending
};

}  // namespace apiary
