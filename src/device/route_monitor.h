#pragma once

#include <tl/expected.hpp>
#include <utility>

#include "device/netlink_listener.h"

namespace apiary {

/// Reports that the kernel's IPv4 routes may have changed. The caller then reads them again
/// (read_routes()), so no change is lost if the kernel drops notifications.
class RouteMonitor {
 public:
  static tl::expected<RouteMonitor, SystemError> open();

  /// Readable when take_changes() may be true.
  int descriptor() const { return listener_.descriptor(); }
  /// Whether something may have changed since the last call.
  bool take_changes() {
    return listener_.receive([](Bytes) {}).any;
  }

 private:
  explicit RouteMonitor(NetlinkListener listener) : listener_(std::move(listener)) {}

  NetlinkListener listener_;
};

}  // namespace apiary
