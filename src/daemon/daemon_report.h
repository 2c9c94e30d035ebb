#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "daemon/shard_set.h"
#include "device/device.h"
#include "sink/sink_status.h"

namespace spdlog {
class logger;
}

namespace apiary {

/// "answering for 10.0.0.0/24 (256 addresses) on eth0"
std::string start_sentence(const ShardSet& shards,
                           std::span<const std::unique_ptr<Device>> devices);

/// "stopping: 10 packets received, 8 sent"
std::string stop_sentence(const Counters& counters);

/// Logs how many packets the daemon handled, and all losses.
void log_end(spdlog::logger& log, const ShardStatus& shards,
             std::span<const std::unique_ptr<Device>> devices, std::span<const SinkStatus> sinks);

}  // namespace apiary
