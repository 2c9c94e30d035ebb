#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/address_set.h"
#include "base/table_use.h"
#include "telemetry/counters.h"

namespace apiary {

/// Bytes that wait before a link with a bandwidth, in each direction.
struct LinkQueueStatus {
  IpAddress low, high;         // the routers that it joins
  std::uint32_t parallel = 0;  // its number among links between the same routers, from 0
  std::uint64_t low_to_high_bytes = 0, high_to_low_bytes = 0;
};

/// A bound on bytes. `name` is static: that of the limit in Limits.
struct ByteLimit {
  std::string_view name;
  std::size_t bytes = 0;
};

/// The addresses, the state and the counters of an engine at one moment: a copy that any
/// thread may read.
struct EngineStatus {
  Counters counters;
  AddressSet claimed;
  std::uint64_t bound_hosts = 0;  // addresses that the configuration binds
  std::size_t remembered_hosts = 0;
  std::size_t connections = 0, half_open_connections = 0;  // the former with the latter
  std::size_t tarpitted_connections = 0;
  std::size_t udp_flows = 0;
  std::size_t packet_buffer_bytes = 0;  // of packets that wait for their latency or to be sent
  std::vector<TableUse> tables{};
  std::vector<ByteLimit> byte_limits{};
  std::vector<LinkQueueStatus> link_queues{};  // of the first links with a bandwidth

  /// Adds what another engine with the same honeynet, and so the same tables and links, holds and
  /// has counted.
  void add(const EngineStatus& other);
};

}  // namespace apiary
