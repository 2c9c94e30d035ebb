#pragma once

#include <string>

#include "control/daemon_interface.h"

namespace apiary {

/// The most links whose queues are told one by one.
inline constexpr std::size_t max_metered_links = 200;

/// All there is to count, in the text format that Prometheus reads (version 0.0.4).
/// docs/metrics.md lists it.
std::string metrics_text(const DaemonStatus& daemon, const Engine& engine);

}  // namespace apiary
