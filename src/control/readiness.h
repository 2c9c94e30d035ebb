#pragma once

#include <string>
#include <vector>

#include "control/daemon_interface.h"

namespace apiary {

/// Why the running daemon does not do all of its work, a sentence each. Empty: it is ready.
std::vector<std::string> reasons_not_ready(const DaemonStatus& daemon);

}  // namespace apiary
