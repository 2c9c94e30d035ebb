#include "device/route_monitor.h"

#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cerrno>

namespace apiary {

tl::expected<RouteMonitor, SystemError> RouteMonitor::open() {
  FileDescriptor socket(
      ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
  if (!socket) return tl::unexpected(last_system_error("opening a netlink socket"));
  sockaddr_nl groups{};
  groups.nl_family = AF_NETLINK;
  // With an interface that goes down, or an address, routes go of which the kernel says nothing.
  groups.nl_groups = RTMGRP_IPV4_ROUTE | RTMGRP_IPV4_RULE | RTMGRP_IPV4_IFADDR | RTMGRP_LINK;
  if (bind(socket.get(), reinterpret_cast<const sockaddr*>(&groups), sizeof groups) != 0)
    return tl::unexpected(last_system_error("listening to changes of routes"));
  return RouteMonitor(std::move(socket));
}

bool RouteMonitor::take_changes() {
  bool changed = false;
  while (true) {
    char some = 0;  // the rest of a message goes with it
    const ssize_t size = recv(socket_.get(), &some, sizeof some, 0);
    if (size >= 0 || errno == ENOBUFS) {
      changed = true;
    } else if (errno != EINTR) {
      return changed;
    }
  }
}

}  // namespace apiary
