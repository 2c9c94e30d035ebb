#pragma once

#include <string>

#include "daemon/run_options.h"
#include "setup/service_policy.h"

namespace apiary {

/// How services run. `directory` is the absolute path of the configuration's folder. Call it as
/// root: the daemon's user may not be able to follow links to the daemon's files.
ServicePolicy service_policy_of(const RunOptions& options, const std::string& directory);

}  // namespace apiary
