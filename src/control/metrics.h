#pragma once

#include <string>

#include "control/daemon_interface.h"

namespace apiary {

/// All there is to count, in the text format that Prometheus reads (version 0.0.4).
/// docs/metrics.md lists it.
std::string metrics_text(const DaemonStatus& daemon);

}  // namespace apiary
