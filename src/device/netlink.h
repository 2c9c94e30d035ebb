#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "base/address.h"
#include "posix/file_descriptor.h"
#include "posix/system_error.h"

namespace apiary {

/// The routing protocol number of every route and rule of ours, as `ip route` shows it.
inline constexpr std::uint8_t our_route_protocol = 104;

/// The priority of our rules: after the local table, so that the machine's own addresses have
/// precedence; before all other rules.
inline constexpr std::uint32_t our_rule_priority = 104;

/// A route to `destination`: through an interface, or a blackhole route.
struct KernelRoute {
  IpPrefix destination;
  std::uint32_t table = 254;  // the main table
  int interface = 0;          // its index; 0: a blackhole route
};

/// A rule that looks up packets from `interface` in `table` first.
struct KernelRule {
  std::string interface;
  std::uint32_t table = 0;
};

/// Changes the kernel's routing (rtnetlink). Needs CAP_NET_ADMIN.
class Netlink {
 public:
  static tl::expected<Netlink, SystemError> open();

  tl::expected<void, SystemError> add_route(const KernelRoute& route);
  tl::expected<void, SystemError> add_rule(const KernelRule& rule);
  /// To remove what does not exist is an error: ENOENT for a rule, ESRCH for a route.
  tl::expected<void, SystemError> remove_route(const KernelRoute& route);
  tl::expected<void, SystemError> remove_rule(const KernelRule& rule);
  /// Our blackhole routes in all tables.
  tl::expected<std::vector<KernelRoute>, SystemError> black_holes();
  /// The rules of all daemons of this machine.
  tl::expected<std::vector<KernelRule>, SystemError> rules();

 private:
  explicit Netlink(FileDescriptor socket) : socket_(std::move(socket)) {}

  FileDescriptor socket_;
};

}  // namespace apiary
