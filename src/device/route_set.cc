#include "device/route_set.h"

#include <algorithm>
#include <cerrno>

#include "device/prefix_difference.h"

namespace apiary {

KernelRoute RouteSet::to(const IpPrefix& destination) const {
  KernelRoute route = like_;
  route.destination = destination;
  return route;
}

tl::expected<void, SystemError> RouteSet::change_to(const AddressSet& addresses) {
  std::vector<IpPrefix> wanted = addresses.prefixes();
  std::sort(wanted.begin(), wanted.end());
  const std::vector<IpPrefix> missing = without(wanted, present_);
  const std::vector<IpPrefix> surplus = without(present_, wanted);

  tl::expected<void, SystemError> added;
  const auto old_end = static_cast<std::ptrdiff_t>(present_.size());
  for (const IpPrefix& prefix : missing) {
    added = netlink_.add_route(to(prefix));
    if (!added) break;
    present_.push_back(prefix);
  }
  std::inplace_merge(present_.begin(), present_.begin() + old_end, present_.end());
  if (!added) return added;
  for (const IpPrefix& prefix : surplus)
    if (const auto removed = netlink_.remove_route(to(prefix));
        !removed && removed.error().number != ESRCH)  // the kernel may have removed it
      return removed;
  present_ = std::move(wanted);
  return {};
}

}  // namespace apiary
