#pragma once

#include <string>
#include <tl/expected.hpp>

#include "base/address_set.h"
#include "posix/file_descriptor.h"
#include "posix/system_error.h"

namespace apiary {

/// An nftables chain at the ingress of an Ethernet interface. It drops IPv4 packets to some
/// addresses, well-formed or not, and ARP requests for them, before the kernel sees them; packet
/// sockets have seen them by then. It passes packets for the machine's own addresses, broadcast,
/// multicast, and frames of a VLAN.
///
/// The table belongs to our socket (`flags owner`): nobody else can change it, not even `nft flush
/// ruleset`, and the kernel removes it when the socket closes, even if this process is killed.
class IngressFilter {
 public:
  /// Errors: no CAP_NET_ADMIN; no such interface; a kernel before Linux 5.12, or without nf_tables
  /// or its `fib` expression.
  static tl::expected<IngressFilter, SystemError> install(const std::string& interface,
                                                          const AddressSet& addresses);
  /// Whether install() would succeed. Changes nothing.
  static tl::expected<void, SystemError> check(const std::string& interface);

  /// Covers `addresses` from now on, and nothing else, in one transaction. On an error it covers
  /// what it did before.
  tl::expected<void, SystemError> change_to(const AddressSet& addresses);
  const AddressSet& covered() const { return covered_; }

 private:
  IngressFilter(FileDescriptor socket, std::string table);

  FileDescriptor socket_;
  std::string table_;
  AddressSet covered_;
};

/// The names of our tables begin with this.
inline constexpr const char* nft_table_prefix = "apiary-";

}  // namespace apiary
