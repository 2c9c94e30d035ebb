#pragma once

#include <optional>
#include <string>

#include "engine/engine.h"
#include "service_source.h"

namespace apiary::simulation {

/// The output of an engine: its amount, and a hash of all of it in order.
struct OutputRecord {
  std::uint64_t packets_sent = 0, sessions_opened = 0, hash = 0;

  void note(const Packet& packet);
  /// Passes the commands of a turn to `services`, and records them and the number of events.
  /// Returns the fault of a command.
  std::optional<std::string> execute_command(const Outbox& out, ServiceSource& services);

 private:
  void add(Bytes bytes, std::uint64_t also);
};

}  // namespace apiary::simulation
