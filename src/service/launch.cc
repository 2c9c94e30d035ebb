#include "service/launch.h"

#include <grp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace apiary {
namespace {

struct ResourceLimit {
  decltype(RLIMIT_CPU) resource;
  rlim_t value;
};

// What one process may take. Not RLIMIT_NPROC: it counts all processes of the user, so that one
// service could starve the others of it.
constexpr ResourceLimit resource_limits[] = {
    {RLIMIT_NOFILE, 64},
    {RLIMIT_CORE, 0},
    {RLIMIT_CPU, 600},                 // seconds of computing, not of waiting
    {RLIMIT_DATA, rlim_t{512} << 20},  // bytes
};
constexpr int niceness = 10;

bool take_streams(const std::array<int, 3>& streams) {
  for (int i = 0; i < 3; ++i)
    if (dup2(streams[static_cast<std::size_t>(i)], i) < 0) return false;
  return close_range(3, ~0U, 0) == 0;
}

bool limit_resources() {
  for (const ResourceLimit& limit : resource_limits) {
    const rlimit value{limit.value, limit.value};
    if (setrlimit(limit.resource, &value) != 0) return false;
  }
  return setpriority(PRIO_PROCESS, 0, niceness) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

bool become(const ServiceUser& user) {
  return setgroups(0, nullptr) == 0 && setresgid(user.group, user.group, user.group) == 0 &&
         setresuid(user.user, user.user, user.user) == 0;
}

/// Turns this process into the program; returns only the step that failed, errno telling why.
StartStep become_program(const LaunchSettings& settings, const DecodedRequest& request,
                         const std::array<int, 3>& streams) {
  setsid();
  // The directory first, and by descriptor: it need not be reachable for the services' user.
  if (fchdir(settings.directory) != 0) return StartStep::directory;
  if (!take_streams(streams) || !limit_resources()) return StartStep::limits;
  if (settings.user && !become(*settings.user)) return StartStep::user;
  // After the change of user, which clears it.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return StartStep::limits;
  execvpe(request.arguments[0], request.arguments.data(), request.environment.data());
  return StartStep::program;
}

}  // namespace

tl::expected<pid_t, LaunchError> launch(const LaunchSettings& settings,
                                        const DecodedRequest& request,
                                        const std::array<int, 3>& streams) {
  // vfork: no page table is copied, and as the child shares our memory and we wait for its execve,
  // it can simply leave here what went wrong.
  volatile StartStep step = StartStep::program;
  volatile int number = 0;
  const pid_t process = vfork();
  if (process < 0) return tl::unexpected(LaunchError{StartStep::fork, errno});
  if (process == 0) {
    step = become_program(settings, request, streams);
    number = errno;
    _exit(127);
  }
  if (number != 0) {
    waitpid(process, nullptr, 0);
    return tl::unexpected(LaunchError{step, number});
  }
  return process;
}

}  // namespace apiary
