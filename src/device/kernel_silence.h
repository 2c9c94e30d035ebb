#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "base/address_set.h"
#include "device/netlink.h"
#include "device/route_set.h"
#include "posix/system_error.h"

namespace apiary {

/// Keeps the kernel out of conversations that come in by an Ethernet interface, while it lives.
///
/// The kernel sees every packet we see. Without IP forwarding it drops those that are not for the
/// machine. With it (a router, a machine with containers) it would pass them on or complain by
/// ICMP. So a routing rule for what comes in by `interface` looks first into a table of our own in
/// which the claimed prefixes are black holes. What the machine itself sends never meets the rule,
/// and its own addresses are looked up before it: it reaches, and is reached by, whom it always
/// did.
class KernelSilence {
 public:
  /// Also removes what a run on the same interface that crashed has left behind.
  /// Errors: no CAP_NET_ADMIN, or a kernel without policy routing: harmless while forwarding is
  /// off.
  static tl::expected<KernelSilence, SystemError> impose(std::string_view interface,
                                                         const AddressSet& claimed);
  /// Covers `claimed` from now on, and nothing else; without a moment in which what it goes on to
  /// cover is not. From any one thread at a time. On an error it covers at least what it did.
  tl::expected<void, SystemError> change_to(const AddressSet& claimed);

  KernelSilence(KernelSilence&& other) noexcept;
  KernelSilence& operator=(KernelSilence&&) = delete;
  ~KernelSilence();  ///< removes the rule and the table

 private:
  KernelSilence(Netlink netlink, std::string interface, std::uint32_t table);

  RouteSet black_holes_;
  std::string interface_;
  std::uint32_t table_;
  bool active_ = true;
};

/// Whether this machine forwards IPv4 packets on any interface.
bool forwarding_is_on();

}  // namespace apiary
