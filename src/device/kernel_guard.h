#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "base/address_set.h"
#include "device/ingress_filter.h"
#include "device/netlink.h"
#include "device/route_set.h"
#include "posix/system_error.h"

namespace apiary {

/// Keeps the kernel out of conversations that come in by an Ethernet interface, while it lives.
///
/// The kernel sees every packet we see. It answers malformed IP options from the machine's own
/// address; if it forwards (a router, a machine with containers), it passes packets on or complains
/// by ICMP. So an IngressFilter drops what is for claimed addresses before the kernel's IP layer.
///
/// Where the kernel has no nftables, routes do what they can: a routing rule for what comes in by
/// `interface` looks first into a table of our own in which the claimed prefixes are black holes.
/// The kernel reads IP options before it looks up routes, so these it still answers.
///
/// Either way the machine's own addresses are left alone: it reaches, and is reached by, whom it
/// always did.
class KernelGuard {
 public:
  /// `number` tells it from all others of this machine: of this daemon for this interface, it is
  /// silence_number()'s. Routes that are left of one with the same number go.
  /// Errors: no CAP_NET_ADMIN, or a kernel with neither nftables nor policy routing.
  static tl::expected<KernelGuard, SystemError> impose(std::string_view interface,
                                                       const AddressSet& claimed,
                                                       std::uint32_t number = 0);
  /// What impose() does where the kernel has no nftables, which said `why`.
  static tl::expected<KernelGuard, SystemError> impose_by_routes(std::string_view interface,
                                                                 const AddressSet& claimed,
                                                                 const SystemError& why,
                                                                 std::uint32_t number = 0);

  /// What the kernel still answers, and why: a sentence. Empty: nothing.
  const std::string& gap() const { return gap_; }

  /// Covers `claimed` from now on, and nothing else; without a moment in which what it goes on to
  /// cover is not. From any one thread at a time. On an error it covers at least what it did.
  tl::expected<void, SystemError> change_to(const AddressSet& claimed);

  /// The interface was removed and made again: does again what went with it.
  tl::expected<void, SystemError> impose_again();
  const std::string& interface() const { return interface_; }

  KernelGuard(KernelGuard&& other) noexcept;
  KernelGuard& operator=(KernelGuard&&) = delete;
  ~KernelGuard();  ///< removes the filter, or the rule and the table

 private:
  KernelGuard(Netlink netlink, std::string interface, std::uint32_t table);
  static tl::expected<KernelGuard, SystemError> prepare(std::string_view interface,
                                                        std::uint32_t number);

  std::optional<IngressFilter> filter_;  // none: by routes
  RouteSet black_holes_;
  std::string interface_;
  std::uint32_t table_;
  std::string gap_;
  bool active_ = true;
};

/// The number of the silence of the `interface`-th interface of the daemon that has `daemon`
/// (DaemonRegistry::number()).
constexpr std::uint32_t silence_number(unsigned daemon, std::size_t interface) {
  return daemon * 256 + static_cast<std::uint32_t>(interface);
}

/// Removes the rules and black holes of the daemon that has the number `own`, and of all daemons
/// that died without removing theirs, on whatever interface they were. Errors: no CAP_NET_ADMIN.
tl::expected<void, SystemError> remove_orphaned_silences(unsigned own);

/// Whether this machine forwards IPv4 packets on any interface.
bool forwarding_is_on();

}  // namespace apiary
