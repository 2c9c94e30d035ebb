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

// Default; templates may set another.
constexpr rlim_t default_open_files = 64;

struct ResourceLimit {
  decltype(RLIMIT_CPU) resource;
  rlim_t value;
};

// Other limits of a process. RLIMIT_NPROC is missing: it counts all processes of the user, so one
// service could use up what the others need.
constexpr ResourceLimit resource_limits[] = {
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

bool limit_resource(const ResourceLimit& limit) {
  const rlimit value{limit.value, limit.value};
  return setrlimit(limit.resource, &value) == 0;
}

bool limit_resources(const ServicePrivileges& rights) {
  for (const ResourceLimit& limit : resource_limits)
    if (!limit_resource(limit)) return false;
  if (!limit_resource({RLIMIT_NOFILE, rights.open_files.value_or(default_open_files)}))
    return false;
  return setpriority(PRIO_PROCESS, 0, niceness) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

/// In a user namespace with a single user, setgroups() is not permitted.
bool drop_groups(const ServiceUser& user) {
  return setgroups(0, nullptr) == 0 || (errno == EPERM && user.user == geteuid());
}

bool become(const ServiceUser& user) {
  return drop_groups(user) && setresgid(user.group, user.group, user.group) == 0 &&
         setresuid(user.user, user.user, user.user) == 0;
}

/// The user that the program runs as. Nothing: the user of this process.
std::optional<ServiceUser> user_for(const LaunchSettings& settings,
                                    const ServicePrivileges& rights) {
  if (!rights.user) return settings.user;
  return ServiceUser{*rights.user,
                     rights.group.value_or(settings.user ? settings.user->group : getegid())};
}

/// Replaces this process with the program. Returns only on failure: the step that failed; errno has
/// the reason.
StartStep become_program(const LaunchSettings& settings, const DecodedRequest& request,
                         const std::array<int, 3>& streams) {
  setsid();
  // First, and by descriptor, since the services' user may have no access to the path.
  if (fchdir(settings.directory) != 0) return StartStep::directory;
  if (!take_streams(streams) || !limit_resources(request.rights)) return StartStep::limits;
  const auto user = user_for(settings, request.rights);
  if (user && !become(*user)) return StartStep::user;
  // After the change of user, which would clear it.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return StartStep::limits;
  execvpe(request.arguments[0], request.arguments.data(), request.environment.data());
  return StartStep::program;
}

}  // namespace

tl::expected<pid_t, LaunchError> launch(const LaunchSettings& settings,
                                        const DecodedRequest& request,
                                        const std::array<int, 3>& streams) {
  // vfork() copies no page table. The child shares our memory while we wait for its execve(), so it
  // can write the failed step here.
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
