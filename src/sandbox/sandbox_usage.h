#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sandbox/cpu_budget.h"

namespace apiary {

/// The resources that the programs of a sandbox use.
struct SandboxUsage {
  std::size_t processes = 0;
  std::uint64_t private_bytes = 0;           // resident and not shared, of all together
  std::uint64_t ended_cpu_milliseconds = 0;  // used by children that these waited for
  CpuUse cpu;                                // of all that run
  bool is_waiting = false;                   // one runs, or waits for a processor
  std::vector<pid_t> threads{};
};

/// Read by process 1 of a sandbox, from its /proc; it does not count itself.
SandboxUsage sandbox_usage();

}  // namespace apiary
