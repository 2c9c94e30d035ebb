#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace apiary {

/// What a daemon is to do that takes privileges.
struct PrivilegeNeeds {
  bool packet_sockets = false;    // or others that are raw: for Ethernet interfaces and GRE tunnels
  bool makes_interfaces = false;  // tun:NAME
  bool takes_addresses = false;   // of visitors, for connections of proxies that are `transparent`
  std::string daemon_user,
      service_user;  // whom it becomes, and whom services run as, if it is root
};

/// Whether this process has what it takes. Gives what will not work without what is missing, a
/// sentence each. Error: what is missing that must be, and how it is given; some lines.
tl::expected<std::vector<std::string>, std::string> check_privileges(const PrivilegeNeeds& needs);

/// Becomes `user`, when root, and keeps no privilege but CAP_NET_ADMIN, if it has that: to change
/// the routing of the machine back, and to connect from visitors' addresses. Call it when
/// everything is open. Error: a sentence.
tl::expected<void, std::string> drop_privileges(const std::string& user);

}  // namespace apiary
