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

/// Keeps the kernel from answering packets that an Ethernet interface receives for claimed
/// addresses, as long as the object exists.
///
/// The kernel sees every packet that we see. It answers malformed IP options from the machine's own
/// address; if it forwards (a router, a machine with containers), it forwards packets or sends ICMP
/// errors. So an IngressFilter drops packets for claimed addresses before the kernel's IP layer.
///
/// If the kernel has no nftables, routes replace the filter: for packets from `interface`, a
/// routing rule looks first into a table of our own, where the claimed prefixes are blackhole
/// routes. The kernel reads IP options before it looks up routes, so it still answers malformed
/// ones.
///
/// Neither affects the machine's own addresses.
class KernelGuard {
 public:
  /// `number` distinguishes it from all others of this machine: guard_number(). Removes routes that
  /// an earlier guard with this number left.
  /// Errors: no CAP_NET_ADMIN; a kernel with neither nftables nor policy routing.
  static tl::expected<KernelGuard, SystemError> impose(std::string_view interface,
                                                       const AddressSet& claimed,
                                                       std::uint32_t number = 0);
  /// impose() does this if the kernel has no nftables; `why` is the error about that.
  static tl::expected<KernelGuard, SystemError> impose_by_routes(std::string_view interface,
                                                                 const AddressSet& claimed,
                                                                 const SystemError& why,
                                                                 std::uint32_t number = 0);

  /// A sentence: what the kernel still answers, and why. Empty: nothing.
  const std::string& gap() const { return gap_; }

  /// Covers `claimed` from now on, and nothing else. Addresses that were and remain covered are so
  /// at every moment. One thread at a time may call it. On an error it covers at least what it did.
  tl::expected<void, SystemError> change_to(const AddressSet& claimed);

  /// The interface was removed and recreated: restores what the kernel removed with it.
  tl::expected<void, SystemError> impose_again();
  const std::string& interface() const { return interface_; }

  KernelGuard(KernelGuard&& other) noexcept;
  KernelGuard& operator=(KernelGuard&&) = delete;
  ~KernelGuard();  ///< removes the filter, or the rule and the table

 private:
  KernelGuard(Netlink netlink, std::string interface, std::uint32_t table);
  static tl::expected<KernelGuard, SystemError> prepare(std::string_view interface,
                                                        std::uint32_t number);

  std::optional<IngressFilter> filter_;  // none: routes replace it
  RouteSet black_holes_;
  std::string interface_;
  std::uint32_t table_;
  std::string gap_;
  bool active_ = true;
};

/// The number of the guard of a daemon's `interface`-th interface; `daemon` is the daemon's
/// DaemonRegistry::number().
constexpr std::uint32_t guard_number(unsigned daemon, std::size_t interface) {
  return daemon * 256 + static_cast<std::uint32_t>(interface);
}

/// Removes the rules and blackhole routes of the daemon with the number `own`, and of all daemons
/// that died and left theirs, on any interface. Errors: no CAP_NET_ADMIN.
tl::expected<void, SystemError> remove_orphaned_guards(unsigned own);

/// Whether this machine forwards IPv4 packets on any interface.
bool forwarding_is_on();

}  // namespace apiary
