#pragma once

#include "sandbox/launch.h"

namespace apiary {

// What process 1 of a sandbox gives up, and what it keeps. False: errno says why.

/// Privileges over the network of a sandbox.
enum class NetworkPrivileges : std::uint8_t {
  none,
  own,           // to configure it
  own_and_ports  // its programs may have CAP_NET_BIND_SERVICE, too: see LaunchSettings
};

/// Changes from root, which its user namespace does not have, to its own user. Its capabilities
/// stay as they are.
bool become_init_user(const ServiceUser& user);

/// The kernel kills this process and those that it starts first when memory runs out.
void offer_to_oom_killer();

/// From now on, no executed program can gain a capability, except CAP_NET_BIND_SERVICE with
/// `own_and_ports`, and no process may trace this one. `keeps_needed`: it keeps those capabilities
/// that process 1 needs, in its user namespace.
bool drop_privileges(bool keeps_needed, NetworkPrivileges network);

}  // namespace apiary
