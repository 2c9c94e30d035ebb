#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace apiary {

/// The privileges that a daemon needs for its options.
struct PrivilegeNeeds {
  bool packet_sockets = false;    // or raw ones: for Ethernet interfaces and GRE tunnels
  bool makes_interfaces = false;  // tun:NAME
  bool uses_xdp = false;          // xdp:NAME
  bool takes_addresses = false;   // of visitors, for connections of proxies that are `transparent`
  // If it is root: the user that it becomes, and the user of the services.
  std::string daemon_user, service_user;
};

/// Checks the privileges of this process. Returns a sentence about each limitation. Error: some
/// lines; which privileges are missing, and how to grant them.
tl::expected<std::vector<std::string>, std::string> check_privileges(const PrivilegeNeeds& needs);

/// Becomes `user`, if this process is root. Drops all capabilities except CAP_NET_ADMIN, which
/// restores the routing of the machine and lets proxies connect from visitors' addresses. Call it
/// when everything is open. Error: a sentence.
tl::expected<void, std::string> drop_privileges(const std::string& user);

}  // namespace apiary
