#pragma once

#include <memory>
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
  // Retired templates and personalities that no conversation uses any more. Events and commands of
  // this turn may point into them, so destroy them last, and where that may take time.
  std::vector<std::shared_ptr<const void>> released;
  ByteArena bytes;  // the bytes that the others point to

  void clear() {
    packets.clear();
    services.clear();
    events.clear();
    released.clear();
    bytes.clear();
  }
};

}  // namespace apiary
