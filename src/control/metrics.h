#pragma once

#include <string>

#include "control/daemon_interface.h"

namespace apiary {

/// All metrics in Prometheus' text format (version 0.0.4). docs/metrics.md lists them.
std::string metrics_text(const DaemonStatus& daemon);

}  // namespace apiary
