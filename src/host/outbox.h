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
  std::vector<Packet> internal;          // that went from host to host in this turn, for a capture
  std::vector<ServiceCommand> services;  // sessions to open, feed, half-close, close
  std::vector<EngineEvent> events;       // for the log
  // Retired templates and personalities that no conversation uses any more. Events and commands of
  // this turn may point into them, so destroy them last, and where that may take time.
  std::vector<std::shared_ptr<const void>> released;
  ByteArena bytes;  // the bytes that the others point to

  // Commands to the service of a stream. Each extends the previous command where it continues it,
  // so that many segments cost the service one call.
  void deliver(SessionId session, Bytes input) {
    const Bytes copy = bytes.copy(input);
    auto* const last = last_command<DeliverInput>(session);
    if (last != nullptr && last->bytes.data() + last->bytes.size() == copy.data())
      last->bytes = {last->bytes.data(), last->bytes.size() + copy.size()};
    else
      services.emplace_back(DeliverInput{session, copy});
  }
  void grant(SessionId session, std::size_t output_bytes) {
    if (auto* const last = last_command<GrantOutput>(session))
      last->bytes += output_bytes;
    else
      services.emplace_back(GrantOutput{session, output_bytes});
  }

  void clear() {
    packets.clear();
    internal.clear();
    services.clear();
    events.clear();
    released.clear();
    bytes.clear();
  }

 private:
  /// The last command, if it is a `Command` for `session`; else nullptr.
  template <class Command>
  Command* last_command(SessionId session) {
    auto* const last = services.empty() ? nullptr : std::get_if<Command>(&services.back());
    return last != nullptr && last->session == session ? last : nullptr;
  }
};

}  // namespace apiary
