#pragma once

#include <optional>
#include <string>

#include "engine/engine.h"
#include "service_source.h"

namespace apiary::simulation {

/// What an engine put out: how much, and a hash of all of it in order.
struct OutputRecord {
  std::uint64_t packets_sent = 0, sessions_opened = 0, hash = 0;

  void note(const Packet& packet);
  /// Gives the commands of a turn to `services`, notes them and how many events there were. Returns
  /// what is wrong with one.
  std::optional<std::string> execute_command(const Outbox& out, ServiceSource& services);

 private:
  void add(Bytes bytes, std::uint64_t also);
};

}  // namespace apiary::simulation
