#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace apiary {

/// The controllers of control groups that bound sandboxes (cgroups(7)).
namespace controller {
inline constexpr std::uint8_t cpu = 1, memory = 2, processes = 4;
}

/// Their names in the kernel, in the order of the bits.
inline constexpr std::array<std::string_view, 3> controller_names = {"cpu", "memory", "pids"};

/// "processor time, memory and processes"; empty for none.
std::string describe_controllers(std::uint8_t controllers);

/// The group of this process in one hierarchy of control groups.
struct OwnGroup {
  std::string path;              // of its folder
  bool is_v2 = false;            // the unified hierarchy
  bool is_top = false;           // of what is visible: of the machine or of a container
  std::uint8_t controllers = 0;  // version 1: those of the hierarchy
  bool operator==(const OwnGroup&) const = default;
};

/// The groups of a process, from its /proc/PID/mountinfo and /proc/PID/cgroup. Hierarchies without
/// one of our controllers, and those that are not mounted, are left out; version 2 comes first.
std::vector<OwnGroup> own_groups(std::string_view mountinfo, std::string_view cgroup);

}  // namespace apiary
