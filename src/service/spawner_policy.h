#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <vector>

#include "sandbox/launch.h"

namespace apiary {

/// Which users programs may run as, and how they are contained.
struct SpawnerPolicy {
  Namespaces namespaces = all_namespaces;  // of each sandbox
  bool is_best_effort = false;             // without namespaces that the machine refuses
  std::optional<ServiceUser> user{};       // all programs run as this user; none: see first_user
  uid_t first_user = 0;                // of a range, one for each sandbox; 0: they keep our user
  std::size_t user_count = 0;          // how many are in the range: the most sandboxes
  std::vector<uid_t> allowed_users{};  // that templates may name
  std::optional<uid_t> idle_user{};    // of no program and no sandbox
  // Process 1 of each sandbox runs as this user, in a user namespace. None: as we do, in ours.
  std::optional<ServiceUser> init_user{};
};

}  // namespace apiary
