#include "sandbox/launch.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "sandbox/landlock.h"
#include "sandbox/sandbox_group.h"
#include "sandbox/vfork.h"

namespace apiary {
namespace {

/// While it lives, these are this process's stdin, stdout and stderr.
class Streams {
 public:
  explicit Streams(const std::array<int, 3>& streams) {
    for (int i = 0; i < 3; ++i) {
      own_[static_cast<std::size_t>(i)] = FileDescriptor(fcntl(i, F_DUPFD_CLOEXEC, 3));
      is_set_ = is_set_ && dup2(streams[static_cast<std::size_t>(i)], i) >= 0;
    }
  }
  ~Streams() {
    for (int i = 0; i < 3; ++i) dup2(own_[static_cast<std::size_t>(i)].get(), i);
  }
  Streams(const Streams&) = delete;
  Streams& operator=(const Streams&) = delete;
  bool is_set() const { return is_set_; }

 private:
  std::array<FileDescriptor, 3> own_;
  bool is_set_ = true;
};

/// Drops supplementary groups. In a user namespace with a single user, the kernel refuses that.
bool drop_groups(const ServiceUser& user) {
  return setgroups(0, nullptr) == 0 || (errno == EPERM && user.user == geteuid());
}

/// The capabilities go with execve(2), if not with the change from root.
bool become(const ServiceUser& user) {
  return drop_groups(user) && setresgid(user.group, user.group, user.group) == 0 &&
         setresuid(user.user, user.user, user.user) == 0;
}

/// What the child gets, and what it leaves.
struct Start {
  const LaunchSettings& settings;
  const DecodedRequest& request;
  StartStep step = StartStep::program;
  int number = 0;
  int attempts = -1;
};

/// Replaces this process with the program. Returns only on failure: the step that failed; errno has
/// the reason.
StartStep become_program(Start& start) {
  const LaunchSettings& settings = start.settings;
  const DecodedRequest& request = start.request;
  setpgid(0, 0);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  // The directory first: it need not be reachable for the services' user. What is not reachable for
  // process 1 either is where the spawner already went.
  if (chdir(settings.directory.c_str()) != 0 && errno != EACCES) return StartStep::directory;
  const bool has_own_user = settings.has_own_user && !request.privileges.user;
  if (!apply(limits_of(request.privileges, settings.server != nullptr), has_own_user,
             group_bounds_forks(settings)))
    return StartStep::limits;
  const auto user = program_user(settings, request.privileges);
  if (user && !become(*user)) return StartStep::user;
  if (settings.needs_bind_capability &&
      prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_BIND_SERVICE, 0, 0) != 0)
    return StartStep::user;
  // After the change of user, which would clear it.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return StartStep::limits;
  if (settings.landlock != nullptr && !settings.landlock->confine_self()) return StartStep::sandbox;
  if (settings.filter != nullptr && (start.attempts = settings.filter->install()) == -2)
    return StartStep::sandbox;
  execvpe(request.arguments[0], request.arguments.data(), request.environment.data());
  return StartStep::program;
}

int run_child(void* place) {
  Start& start = *static_cast<Start*>(place);
  start.step = become_program(start);
  start.number = errno;
  _exit(127);
}

}  // namespace

bool group_bounds_forks(const LaunchSettings& settings) {
  return settings.group != nullptr && settings.namespaces.has(CLONE_NEWPID) &&
         settings.group->has_cpu() && settings.group->counts_forks();
}

std::optional<ServiceUser> program_user(const LaunchSettings& settings,
                                        const ServicePrivileges& privileges) {
  if (!privileges.user) return settings.user;
  return ServiceUser{*privileges.user,
                     privileges.group.value_or(settings.user ? settings.user->group : getegid())};
}

tl::expected<Launched, LaunchError> launch(const LaunchSettings& settings,
                                           const DecodedRequest& request,
                                           const std::array<int, 3>& streams) {
  const Streams in_place(streams);
  if (!in_place.is_set()) return tl::unexpected(LaunchError{StartStep::limits, errno});
  // The child shares our memory, so it can leave there what failed. It shares our descriptors as
  // well: what the filter opens is ours when execve() gives the child a copy, without those that
  // close on execve().
  Start start{settings, request};
  const pid_t process = vfork_into(run_child, &start, CLONE_FILES);
  if (process < 0) return tl::unexpected(LaunchError{StartStep::fork, errno});
  FileDescriptor attempts(start.attempts);
  if (start.number != 0) {
    waitpid(process, nullptr, 0);
    return tl::unexpected(LaunchError{start.step, start.number});
  }
  return Launched{process, std::move(attempts)};
}

}  // namespace apiary
