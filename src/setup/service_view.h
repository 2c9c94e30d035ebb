#pragma once

#include <string>
#include <vector>

#include "config/build.h"
#include "sandbox/sandbox_view.h"
#include "setup/service_policy.h"

namespace apiary {

/// The files of this machine that services see: the folder of the configuration, the folder
/// of each program or script that a command names by an absolute path, and other files and folders
/// that its words name so, as far as they exist and have no variables; of subsystems also
/// /etc/NAME, /etc/NAME.conf and /etc/NAME.d, and what their configurations name. Hidden are
/// `configuration_files`, the policy's `daemon_files`, and copies that editors, SQLite and rotation
/// make beside them. Reads folders.
SandboxView service_view(const ServicePolicy& policy,
                         const std::vector<std::string>& configuration_files,
                         const std::vector<ScriptUse>& scripts);

}  // namespace apiary
