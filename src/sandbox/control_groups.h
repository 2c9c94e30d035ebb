#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "posix/file_descriptor.h"
#include "posix/system_error.h"
#include "sandbox/own_groups.h"
#include "sandbox/sandbox_group.h"

namespace apiary {

/// The resources that control groups of sandboxes can limit on this machine.
struct ControlGroupSupport {
  std::uint8_t controllers = 0;
  bool is_v2 = false;
  std::string trouble;  // why there are none: a sentence
};

/// The support that a process started like this one finds; changes nothing. `others`: processes
/// of ours that share our group, such as the daemon.
ControlGroupSupport find_control_group_support(const std::vector<pid_t>& others = {});

/// Makes control groups for sandboxes, below the calling process's own. It uses version 2 if that
/// has controllers, and if the service manager or a container delegated our group to us
/// (Delegate=yes): it divides the group into one for us and one for each sandbox. Version 1 cannot
/// be delegated: only root uses its controllers of processor time and processes.
class ControlGroups {
 public:
  /// `others` share our group and move with us. Removes groups of spawners that died. Error: why
  /// there can be none.
  static tl::expected<ControlGroups, std::string> open(const std::vector<pid_t>& others);

  /// The group of a sandbox; `number` is unused among those that exist.
  tl::expected<SandboxGroup, SystemError> make(std::uint32_t number);

  std::uint8_t controllers() const { return controllers_; }

 private:
  struct Hierarchy {
    FileDescriptor folder;  // of the group below which groups are made
    FileDescriptor home;    // version 1: moves us back there
    std::uint8_t controllers = 0;
  };

  bool is_v2_ = false;
  std::uint8_t controllers_ = 0;
  std::string prefix_;  // of the names of groups
  std::vector<Hierarchy> hierarchies_;
};

}  // namespace apiary
