#include <unistd.h>

#include <fstream>
#include <string>

#include "doctor/collect_snapshot.h"
#include "sandbox/sandbox_trial.h"
#include "service/spawner.h"

namespace apiary {
namespace {

/// Lowering it takes CAP_SYS_RESOURCE; writing its present value changes nothing.
bool may_adjust_oom_score() {
  std::ifstream now("/proc/self/oom_score_adj");
  int score = 0;
  now >> score;
  std::ofstream file("/proc/self/oom_score_adj");
  file << score - 1 << std::flush;
  const bool may = file.good();
  if (may) std::ofstream("/proc/self/oom_score_adj") << score << std::flush;
  return may;
}

}  // namespace

void collect_sandbox(SystemSnapshot& snapshot) {
  const UserRange& range = snapshot.request.service_users;
  SandboxSupport& ability = snapshot.sandbox;
  ability.is_root = geteuid() == 0;
  ability.has_users = !ability.is_root || has_users(range);
  std::optional<ServiceUser> user;
  if (ability.is_root && ability.has_users) user = ServiceUser{range.first, range.first};
  const std::uint32_t last = range.first + range.count - 1;
  // The configuration's folder matters to no machine: / is in each view.
  std::optional<ServiceUser> init = ServiceUser{last, last};
  auto tried = try_in_sandbox({.directory = "/"}, user, init, {"true"});
  if (!tried) {
    Namespaces wanted = all_namespaces;
    if (!user || !may_map_ids()) wanted = wanted.without({CLONE_NEWUSER});
    ability.refused = find_refused_namespaces(wanted, {{geteuid()}, {getegid()}});
  }
  if (ability.refused.kinds == Namespaces{CLONE_NEWUSER})  // which the spawner does without
    tried = try_in_sandbox({.directory = "/"}, user, init = {}, {"true"});
  if (!tried) ability.trouble = tried.error();
  if (tried && snapshot.request.has_subsystems)
    if (const auto served = try_in_sandbox({.directory = "/"}, user, init, {"true"}, true); !served)
      ability.server_trouble = served.error();
  ability.landlock = landlock_support();
  ability.groups = find_control_group_support();
  ability.adjusts_oom_score = may_adjust_oom_score();
}

}  // namespace apiary
