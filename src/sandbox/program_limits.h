#pragma once

#include <sys/resource.h>

#include <cstdint>
#include <tl/expected.hpp>

#include "posix/system_error.h"
#include "session/service_spec.h"

namespace apiary {

/// The default limits of one program.
struct ProgramLimits {
  std::uint32_t open_files = 64;            // in each process
  std::uint32_t processes = 16;             // at a time
  std::uint32_t cpu_seconds = 600;          // of each process; waiting is free
  std::uint32_t wall_seconds = 3600;        // from its start
  std::uint64_t memory_bytes = 128u << 20;  // private memory of all its processes together
  std::uint64_t file_bytes = 16u << 20;     // of each file that it writes
  std::uint64_t output_bytes = 256u << 20;  // that it sends to the visitor; the daemon counts them
  // Answers to system calls that process 1 decides about. Each takes time from others, but none
  // from the program's own budget while it waits; more come later.
  double watched_calls_burst = 500, watched_calls_per_second = 100;
  bool is_server = false;  // it may share memory, so its address space is bounded, too
};

/// The defaults of a subsystem, which serves many visitors and runs until it is stopped.
inline constexpr ProgramLimits server_limits{.open_files = 1024,
                                             .processes = 64,
                                             .cpu_seconds = UINT32_MAX,
                                             .wall_seconds = UINT32_MAX,
                                             .memory_bytes = 256u << 20,
                                             .file_bytes = UINT64_MAX,
                                             .output_bytes = UINT64_MAX,
                                             .watched_calls_burst = 2'000,
                                             .watched_calls_per_second = 1'000,
                                             .is_server = true};

/// The most that all of its files may take, in /tmp and in /dev/shm; memory, as both are tmpfs.
inline constexpr char file_system_options[] = "size=16m,nr_inodes=1024,mode=1777";

/// The defaults, changed as the template says.
ProgramLimits limits_of(const ServicePrivileges& privileges, bool is_server = false);

/// The most processes and threads of a program's user. A user of its own may have as many as a
/// program has processes; one that conversations share, eight times as many.
std::uint32_t task_limit(const ProgramLimits& limits, bool has_own_user);

/// Sets the resource limits, the niceness and no_new_privs of the calling process. The limit of its
/// user's tasks leaves refusals to a control group that bounds forks. Safe after vfork(). False:
/// errno says why.
bool apply(const ProgramLimits& limits, bool has_own_user, bool group_bounds_forks);

/// Sets the resource limits of all processes below `process`, which run. Errors: the kernel lets us
/// lower them only; no such process.
tl::expected<void, SystemError> apply_below(pid_t process, const ProgramLimits& limits,
                                            bool has_own_user, bool group_bounds_forks);

}  // namespace apiary
