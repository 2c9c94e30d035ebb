#include "sandbox/program_limits.h"

#include <sys/prctl.h>

#include <algorithm>
#include <limits>

namespace apiary {
namespace {

constexpr int niceness = 10;
constexpr std::uint32_t conversations_of_a_user = 8;

// What a server may map beyond its memory: code, libraries, stacks.
constexpr rlim_t unused_address_space_bytes = 512u << 20;

rlim_t bytes_limit(std::uint64_t bytes) { return bytes == UINT64_MAX ? RLIM_INFINITY : bytes; }

bool limit_resource(decltype(RLIMIT_CPU) resource, rlim_t value) {
  const rlimit limit{value, value};
  return setrlimit(resource, &limit) == 0;
}

}  // namespace

ProgramLimits limits_of(const ServicePrivileges& privileges, bool is_server) {
  ProgramLimits limits = is_server ? server_limits : ProgramLimits{};
  const auto change = [](auto& limit, const auto& wanted) {
    if (wanted) limit = *wanted;
  };
  change(limits.open_files, privileges.open_files);
  change(limits.processes, privileges.processes);
  change(limits.cpu_seconds, privileges.cpu_seconds);
  change(limits.wall_seconds, privileges.wall_seconds);
  change(limits.memory_bytes, privileges.memory_bytes);
  change(limits.file_bytes, privileges.file_bytes);
  change(limits.output_bytes, privileges.output_bytes);
  return limits;
}

std::uint32_t task_limit(const ProgramLimits& limits, bool has_own_user) {
  constexpr std::uint32_t most = std::numeric_limits<std::uint32_t>::max() / 16;
  return std::min(limits.processes, most) * (has_own_user ? 1 : conversations_of_a_user);
}

bool apply(const ProgramLimits& limits, bool has_own_user, bool group_bounds_forks) {
  // A server may share memory among its processes, which no other limit counts at all times.
  if (limits.is_server &&
      !limit_resource(RLIMIT_AS, limits.memory_bytes + unused_address_space_bytes))
    return false;
  return limit_resource(RLIMIT_CORE, 0) && limit_resource(RLIMIT_CPU, limits.cpu_seconds) &&
         limit_resource(RLIMIT_DATA, limits.memory_bytes) &&
         limit_resource(RLIMIT_FSIZE, bytes_limit(limits.file_bytes)) &&
         limit_resource(RLIMIT_MEMLOCK, 0) && limit_resource(RLIMIT_MSGQUEUE, 0) &&
         limit_resource(RLIMIT_SIGPENDING, 1024) &&
         limit_resource(RLIMIT_NPROC,
                        task_limit(limits, has_own_user) + (group_bounds_forks ? 1 : 0)) &&
         limit_resource(RLIMIT_NOFILE, limits.open_files) &&
         (getpriority(PRIO_PROCESS, 0) >= niceness ||
          setpriority(PRIO_PROCESS, 0, niceness) == 0) &&
         prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

}  // namespace apiary
