#pragma once

#include <chrono>
#include <optional>

#include "sandbox/program_protocol.h"
#include "sandbox/program_watch.h"

namespace apiary {

/// The program that runs in a sandbox, as its process 1 sees it.
struct RunningProgram {
  ProcessNumber number;
  ProgramWatch watch;
  // No other conversation has its user, so the bound of processes is its own.
  bool has_own_user = false;
  std::chrono::steady_clock::time_point kill_at = std::chrono::steady_clock::time_point::max();
  bool has_exited = false;                  // what it forked may still run
  std::optional<SpawnerReply> exit{};       // of a server: sent when all of it has ended
  bool is_ending = false;                   // SIGTERM was sent
  bool is_killed = false;                   // by us
  ServiceLimit limit = ServiceLimit::none;  // that it was killed for
};

}  // namespace apiary
