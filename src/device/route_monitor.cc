#include "device/route_monitor.h"

#include <linux/rtnetlink.h>

namespace apiary {

tl::expected<RouteMonitor, SystemError> RouteMonitor::open() {
  // The kernel removes routes with an interface or address, without a notification of their own.
  constexpr std::uint32_t groups =
      RTMGRP_IPV4_ROUTE | RTMGRP_IPV4_RULE | RTMGRP_IPV4_IFADDR | RTMGRP_LINK;
  auto listener = NetlinkListener::open(groups, {}, "listening to changes of routes");
  if (!listener) return tl::unexpected(listener.error());
  return RouteMonitor(std::move(*listener));
}

}  // namespace apiary
