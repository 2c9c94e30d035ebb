#include "host/limits.h"

#include <algorithm>

namespace apiary {

Limits Limits::per_shard(std::size_t shards) const {
  Limits part = *this;
  for (std::size_t* const total :
       {&part.hosts, &part.connections, &part.half_open_connections,
        &part.unusual_half_open_connections, &part.tarpit_connections, &part.send_bytes,
        &part.out_of_order_bytes, &part.reassembly_bytes, &part.reassembly_datagrams,
        &part.packet_buffer_bytes, &part.udp_flows, &part.icmp_allowances})
    *total = std::max<std::size_t>(*total / shards, 1);
  for (double* const budget :
       {&part.reply_burst_bytes, &part.reply_bytes_per_second, &part.datagram_bytes_per_second,
        &part.broadcast_deliveries_per_second})
    *budget /= static_cast<double>(shards);
  return part;
}

}  // namespace apiary
