#pragma once

#include <cstdint>
#include <set>
#include <tl/expected.hpp>

#include "base/address.h"
#include "posix/file_descriptor.h"
#include "posix/system_error.h"
#include "sandbox/egress_gate.h"
#include "sandbox/visitor_socket.h"

namespace apiary {

/// The network of a subsystem: two network namespaces and a pair of virtual interfaces between
/// them. Inside, where the server runs, are loopback and eth0 with the addresses of virtual hosts;
/// all other addresses lead outside. Outside, every address is local: visitors' sockets are bound
/// to the visitors' own addresses there, and the kernel refuses packets for which there is no
/// socket. No packet leaves either namespace.
///
/// Process 1 of the sandbox uses it. It needs CAP_NET_ADMIN and CAP_SYS_ADMIN in the user namespace
/// that owns the namespaces.
class ServerNetwork {
 public:
  /// Makes the network of the calling process, in which nothing is configured yet, the inside, and
  /// leaves the process outside.
  static tl::expected<ServerNetwork, SystemError> make();

  /// Whether the server and visitors may use ports below 1024. Else they need CAP_NET_BIND_SERVICE:
  /// /proc/sys could not be written.
  bool allows_all_ports() const { return allows_all_ports_; }

  /// Moves the calling process. Processes that it has started stay where they are.
  bool go_inside() const;
  bool go_outside() const;

  /// Gives the inside the address of a virtual host, if it does not have it yet.
  tl::expected<void, SystemError> add_host(const IpAddress& host);
  /// Whether an address is the server's own: of one of its hosts, loopback, or the unspecified one.
  bool is_inside(const IpAddress& address) const {
    return address.is_loopback() || address.is_unspecified() || hosts_.contains(address);
  }

  /// Routes packets of the server to `destinations` to a neighbour that does not exist; see
  /// EgressGate. Others have no such route any longer.
  tl::expected<EgressGate::Link, SystemError> route_to_guard(const EgressList& destinations);

  /// A socket, without blocking, bound to the visitor's address, and to its port if that is free.
  /// Its connection to the host is begun. Adds the host.
  tl::expected<FileDescriptor, SystemError> open_visitor_socket(
      const VisitorSocketRequest& request);

 private:
  ServerNetwork() = default;
  tl::expected<void, SystemError> unroute_to_guard(const IpPrefix& destination);

  FileDescriptor inside_, outside_;                  // the namespaces
  FileDescriptor inside_netlink_, outside_netlink_;  // sockets in them
  int inside_link_ = 0, outside_link_ = 0;           // indexes of the interfaces
  bool allows_all_ports_ = false;
  std::set<IpAddress> hosts_;
  std::set<IpPrefix> guarded_;  // with routes to the guard
};

}  // namespace apiary
