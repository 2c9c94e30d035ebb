#pragma once

#include <cstdint>

#include "base/address.h"
#include "base/time.h"
#include "host/visitor_systems.h"
#include "personality/reply.h"

namespace apiary {

/// A half-open connection: everything to repeat its SYN/ACK, and to make the Connection when the
/// visitor acknowledges that.
struct HalfOpen {
  FlowKey flow;
  SeqNumber visitor_isn, isn;
  SynSummary syn;
  std::uint32_t visitor_timestamp = 0;
  std::uint32_t timestamp_offset = 0;  // beyond what the endpoints determine
  SystemId visitor_system;
  std::uint8_t retransmissions = 0;  // that time caused
  std::uint8_t syns = 1;             // received; at most 7 are counted
  Instant sent;                      // the last SYN/ACK that time caused, to a microsecond
};

}  // namespace apiary
