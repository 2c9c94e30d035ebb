#pragma once

#include <vector>

#include "base/byte_arena.h"
#include "session/session.h"
#include "telemetry/engine_event.h"
#include "wire/packet.h"

namespace apiary {

/// Output of a turn of the engine. The caller executes and clears it.
struct Outbox {
  std::vector<Packet> packets;           // to transmit now, in order
  std::vector<ServiceCommand> services;  // sessions to open, feed, half-close, close
  std::vector<EngineEvent> events;       // for the log
  ByteArena bytes;                       // the bytes that the others point to

  void clear() {
    packets.clear();
    services.clear();
    events.clear();
    bytes.clear();
  }
};

}  // namespace apiary
