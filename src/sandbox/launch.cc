#include "sandbox/launch.h"

#include <grp.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace apiary {
namespace {

bool take_streams(const std::array<int, 3>& streams) {
  for (int i = 0; i < 3; ++i)
    if (dup2(streams[static_cast<std::size_t>(i)], i) < 0) return false;
  return close_range(3, ~0U, 0) == 0;
}

/// Drops supplementary groups. In a user namespace with a single user, the kernel refuses that.
bool drop_groups(const ServiceUser& user) {
  return setgroups(0, nullptr) == 0 || (errno == EPERM && user.user == geteuid());
}

/// The capabilities go with the change from root.
bool become(const ServiceUser& user) {
  return drop_groups(user) && setresgid(user.group, user.group, user.group) == 0 &&
         setresuid(user.user, user.user, user.user) == 0;
}

/// The user that the program runs as. Nothing: it stays who we are.
std::optional<ServiceUser> user_for(const LaunchSettings& settings,
                                    const ServicePrivileges& privileges) {
  if (!privileges.user) return settings.user;
  return ServiceUser{*privileges.user,
                     privileges.group.value_or(settings.user ? settings.user->group : getegid())};
}

/// Replaces this process with the program. Returns only on failure: the step that failed; errno has
/// the reason.
StartStep become_program(const LaunchSettings& settings, const DecodedRequest& request,
                         const std::array<int, 3>& streams) {
  setsid();
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  // The directory first: it need not be reachable for the services' user.
  if (chdir(settings.directory.c_str()) != 0) return StartStep::directory;
  const bool has_own_user = settings.has_own_user && !request.privileges.user;
  if (!take_streams(streams) || !apply(limits_of(request.privileges), has_own_user))
    return StartStep::limits;
  const auto user = user_for(settings, request.privileges);
  if (user && !become(*user)) return StartStep::user;
  // After the change of user, which would clear it.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return StartStep::limits;
  if (settings.filter != nullptr && !settings.filter->install()) return StartStep::sandbox;
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
