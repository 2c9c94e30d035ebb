#pragma once

#include <string>
#include <vector>

#include "personality/device_kind.h"
#include "personality/version_range.h"

namespace apiary {

/// A system in a name, with its versions.
struct NamedSystem {
  std::size_t family = 0;
  std::vector<VersionRange> versions;
};

/// The meaning of a name: "Cisco 2600 router (IOS 12.0)" names IOS 12.0, Cisco and a router.
struct SystemName {
  std::vector<NamedSystem> systems;  // no family twice; in the order of the name
  std::vector<std::size_t> vendors;  // no vendor twice
  DeviceKinds devices;
  std::vector<std::string> words;  // all distinctive ones, sorted, each once

  bool names_nothing() const { return systems.empty() && vendors.empty() && devices.empty(); }
};

}  // namespace apiary
