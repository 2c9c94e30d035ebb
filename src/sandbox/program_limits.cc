#include "sandbox/program_limits.h"

#include <sys/prctl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <limits>
#include <set>
#include <span>
#include <string>

namespace apiary {
namespace {

constexpr int niceness = 10;
constexpr std::uint32_t conversations_of_a_user = 8;

// What a server may map beyond its memory: code, libraries, stacks.
constexpr rlim_t unused_address_space_bytes = 512u << 20;

rlim_t bytes_limit(std::uint64_t bytes) { return bytes == UINT64_MAX ? RLIM_INFINITY : bytes; }

struct ResourceLimit {
  decltype(RLIMIT_CPU) resource;
  rlimit limit;
};

/// Those of a program. Without allocations.
struct ResourceLimits {
  std::array<ResourceLimit, 10> all{};
  std::size_t count = 0;

  void add(decltype(RLIMIT_CPU) resource, rlim_t soft, rlim_t hard) {
    all[count++] = {resource, {soft, hard}};
  }
  void add(decltype(RLIMIT_CPU) resource, rlim_t value) { add(resource, value, value); }
};

ResourceLimits resource_limits(const ProgramLimits& limits, bool has_own_user,
                               bool group_bounds_forks) {
  ResourceLimits result;
  // A server may be given more memory later, which the kernel allows to us below the hard limit
  // only; its SeccompFilter keeps the server from doing it.
  const auto add_memory = [&](decltype(RLIMIT_CPU) resource, rlim_t value) {
    result.add(resource, value, limits.is_server ? RLIM_INFINITY : value);
  };
  // A server may share memory among its processes, which no other limit counts at all times.
  if (limits.is_server) add_memory(RLIMIT_AS, limits.memory_bytes + unused_address_space_bytes);
  add_memory(RLIMIT_DATA, limits.memory_bytes);
  result.add(RLIMIT_CORE, 0);
  result.add(RLIMIT_CPU, limits.cpu_seconds);
  result.add(RLIMIT_FSIZE, bytes_limit(limits.file_bytes));
  result.add(RLIMIT_MEMLOCK, 0);
  result.add(RLIMIT_MSGQUEUE, 0);
  result.add(RLIMIT_SIGPENDING, 1024);
  result.add(RLIMIT_NPROC, task_limit(limits, has_own_user) + (group_bounds_forks ? 1 : 0));
  result.add(RLIMIT_NOFILE, limits.open_files);
  return result;
}

/// The children of all threads of a process, and theirs.
void add_descendants(pid_t process, std::set<pid_t>& found) {
  std::error_code error;
  const std::string folder = "/proc/" + std::to_string(process) + "/task";
  for (std::filesystem::directory_iterator thread(folder, error), end; !error && thread != end;
       thread.increment(error)) {
    std::ifstream children(thread->path() / "children");
    for (pid_t child = 0; children >> child;)
      if (found.insert(child).second) add_descendants(child, found);
  }
}

/// A lower hard limit than it has, or the same, if no other is allowed.
bool limit_other(pid_t process, const ResourceLimit& wanted) {
  if (prlimit(process, wanted.resource, &wanted.limit, nullptr) == 0 || errno == ESRCH) return true;
  rlimit now{};
  if (prlimit(process, wanted.resource, nullptr, &now) != 0) return errno == ESRCH;
  const rlimit soft{std::min(wanted.limit.rlim_cur, now.rlim_max), now.rlim_max};
  const bool suffices = wanted.limit.rlim_cur <= now.rlim_max;
  if (prlimit(process, wanted.resource, &soft, nullptr) != 0) return errno == ESRCH;
  if (!suffices) errno = EPERM;
  return suffices;
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
  const ResourceLimits resources = resource_limits(limits, has_own_user, group_bounds_forks);
  for (const ResourceLimit& one : std::span(resources.all).first(resources.count))
    if (setrlimit(one.resource, &one.limit) != 0) return false;
  return (getpriority(PRIO_PROCESS, 0) >= niceness ||
          setpriority(PRIO_PROCESS, 0, niceness) == 0) &&
         prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

tl::expected<void, SystemError> apply_below(pid_t process, const ProgramLimits& limits,
                                            bool has_own_user, bool group_bounds_forks) {
  const ResourceLimits resources = resource_limits(limits, has_own_user, group_bounds_forks);
  int number = 0;
  // Children inherit limits: who forked meanwhile may have passed on the old ones.
  std::set<pid_t> done;
  for (bool has_more = true; has_more;) {
    std::set<pid_t> found;
    add_descendants(process, found);
    has_more = false;
    for (const pid_t each : found) {
      if (!done.insert(each).second) continue;
      has_more = true;
      for (const ResourceLimit& one : std::span(resources.all).first(resources.count))
        if (!limit_other(each, one)) number = errno;
    }
  }
  if (done.empty()) number = ESRCH;
  if (number != 0) return tl::unexpected(SystemError{"the limits of a running program", number});
  return {};
}

}  // namespace apiary
