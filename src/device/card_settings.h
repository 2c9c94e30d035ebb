#pragma once

#include <string>

namespace apiary {

/// The number of receive queues of an interface; 1 if its driver does not say.
unsigned receive_queues(const std::string& interface);

/// Whether the interface removes the VLAN tags of received frames, by `ethtool -k`.
bool removes_vlan_tags(const std::string& interface);

}  // namespace apiary
