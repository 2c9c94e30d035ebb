#include "telemetry/engine_status.h"

#include <algorithm>

namespace apiary {

void EngineStatus::add(const EngineStatus& other) {
  counters.add(other.counters);
  remembered_hosts += other.remembered_hosts;
  connections += other.connections;
  half_open_connections += other.half_open_connections;
  tarpitted_connections += other.tarpitted_connections;
  udp_flows += other.udp_flows;
  packet_buffer_bytes += other.packet_buffer_bytes;
  for (std::size_t i = 0; i < std::min(tables.size(), other.tables.size()); ++i) {
    tables[i].entries += other.tables[i].entries;
    tables[i].most += other.tables[i].most;
    tables[i].evictions += other.tables[i].evictions;
  }
  for (std::size_t i = 0; i < std::min(byte_limits.size(), other.byte_limits.size()); ++i)
    byte_limits[i].bytes += other.byte_limits[i].bytes;
  for (std::size_t i = 0; i < std::min(link_queues.size(), other.link_queues.size()); ++i) {
    link_queues[i].low_to_high_bytes += other.link_queues[i].low_to_high_bytes;
    link_queues[i].high_to_low_bytes += other.link_queues[i].high_to_low_bytes;
  }
}

}  // namespace apiary
