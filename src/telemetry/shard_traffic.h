#pragma once

#include <cstddef>
#include <cstdint>

namespace apiary {

/// The state and the counters of one of several shards: they show how evenly the load is shared.
struct ShardTraffic {
  std::uint64_t received_packets = 0, sent_packets = 0;
  std::uint64_t lost_packets = 0;          // for hosts of other shards, which were too far behind
  std::size_t hosts = 0, connections = 0;  // remembered, open
};

}  // namespace apiary
