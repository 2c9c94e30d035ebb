#pragma once

#include <set>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "device/kernel_tables.h"
#include "device/netlink_listener.h"
#include "device/own_addresses.h"
#include "posix/system_error.h"

namespace apiary {

/// The interfaces and addresses of this machine at one moment.
struct MachineNetwork {
  std::vector<SeenLink> links;
  std::vector<OwnAddress> addresses;

  std::set<int> were_down{};  // indices of interfaces that were down since the last look
  bool is_first_look = true;  // or notifications were lost: any interface may have been down

  bool was_down(const SeenLink& link) const {
    return is_first_look || !link.is_up || were_down.contains(link.index);
  }
  /// Returns nullptr if there is none.
  const SeenLink* find_link(std::string_view name) const;
  const SeenLink* find_link(int index) const;
};

/// Reports that interfaces, IPv4 addresses of this machine, or default routes have changed. The
/// caller then looks at all of them, so no change is lost if the kernel drops notifications.
class LinkMonitor {
 public:
  static tl::expected<LinkMonitor, SystemError> open();

  /// Readable when take_changes() may be true.
  int descriptor() const { return listener_.descriptor(); }
  /// Whether something may have changed since the last call.
  bool take_changes();
  /// Reads the present state. Errors: the kernel does not list it.
  tl::expected<MachineNetwork, SystemError> look();

 private:
  explicit LinkMonitor(NetlinkListener listener) : listener_(std::move(listener)) {}
  void read(Bytes messages);

  NetlinkListener listener_;
  std::set<int> were_down_;
  bool missed_some_ = true;  // nothing is known before the first look
};

}  // namespace apiary
