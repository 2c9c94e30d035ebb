#pragma once

#include <tl/expected.hpp>
#include <vector>

#include "base/address_set.h"
#include "device/netlink.h"
#include "posix/system_error.h"

namespace apiary {

/// Routes of the kernel to exactly the addresses of a set, which may change. It leaves them when it
/// goes: they go with their interface, or by whoever knows better.
class RouteSet {
 public:
  /// `like` says in which table the routes are and where they lead; its destination is ignored.
  RouteSet(Netlink netlink, KernelRoute like) : netlink_(std::move(netlink)), like_(like) {}

  /// Adds the routes that are missing, then removes those too many, and touches no other. On an
  /// error everything that was routed is, and perhaps more; the next call begins there.
  tl::expected<void, SystemError> change_to(const AddressSet& addresses);

  /// The routes are gone, and those to come lead to `interface`.
  void begin_again(int interface) {
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
