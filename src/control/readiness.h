#pragma once

#include <string>
#include <vector>

#include "control/daemon_interface.h"

namespace apiary {

/// Why the daemon, though alive, does not do all that it is to: a sentence each. Empty: it is
/// ready.
std::vector<std::string> reasons_not_ready(const DaemonStatus& daemon);

}  // namespace apiary
