#pragma once

#include <map>
#include <tl/expected.hpp>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "device/network_interface.h"
#include "posix/file_descriptor.h"
#include "posix/system_error.h"

namespace apiary {

/// Probes neighbours on an Ethernet link, as arping and ping do. It sends a few small frames and
/// waits for replies.
class LinkProbe {
 public:
  /// Errors: no CAP_NET_RAW.
  static tl::expected<LinkProbe, SystemError> open(const NetworkInterface& interface);

  /// Finds the machines that have any of `addresses` by ARP probes (RFC 5227 section 2.1.1), which
  /// do not change neighbours' caches. `source` is the source MAC address. If it is not the
  /// interface's, the replies show whether frames for it arrive.
  std::map<IpAddress, MacAddress> who_has(const std::vector<IpAddress>& addresses,
                                          const MacAddress& source);

  /// Sends echo requests from `own` to `targets` through the router with this MAC address. Returns
  /// the targets that came back: those that the router routes to us.
  std::vector<IpAddress> find_forwarded(const MacAddress& router, const IpAddress& own,
                                        const std::vector<IpAddress>& targets);

  const MacAddress& mac() const { return interface_.mac; }
  /// A MAC address that no machine has: locally administered, derived from the interface's,
  /// different in each process.
  MacAddress foreign_mac() const;

 private:
  LinkProbe(NetworkInterface interface, FileDescriptor socket)
      : interface_(std::move(interface)), socket_(std::move(socket)) {}

  template <class Handle>
  void hear_for(Duration time, Handle handle);

  NetworkInterface interface_;
  FileDescriptor socket_;
};

}  // namespace apiary
