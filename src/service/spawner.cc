#include "service/spawner.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <memory>

#include "service/launch.h"
#include "service/spawner_process.h"

namespace apiary {
namespace {

tl::expected<std::optional<ServiceUser>, SystemError> find_user(const std::string& name) {
  if (geteuid() != 0) return std::nullopt;
  errno = 0;
  const passwd* const entry = getpwnam(name.c_str());
  if (entry == nullptr)
    return tl::unexpected(SystemError{"the services' user " + name, errno == 0 ? ENOENT : errno});
  return ServiceUser{entry->pw_uid, entry->pw_gid};
}

/// Ignores signals meant for the daemon (Ctrl-C reaches the whole group): the spawner ends when the
/// daemon does. Services do not inherit a handler, but would inherit SIG_IGN.
void settle_signals() {
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  struct sigaction ignored {};
  ignored.sa_handler = [](int) {};
  ignored.sa_flags = SA_RESTART;
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE})
    sigaction(number, &ignored, nullptr);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// Closes all descriptors but the two given and stderr, which sanitizers write to.
void close_all_but(int one, int other) {
  const unsigned lower = static_cast<unsigned>(std::min(one, other));
  const unsigned upper = static_cast<unsigned>(std::max(one, other));
  close_range(3, lower - 1, 0);
  if (lower + 1 < upper) close_range(lower + 1, upper - 1, 0);
  close_range(upper + 1, ~0U, 0);
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  dup2(null, STDIN_FILENO);
  dup2(null, STDOUT_FILENO);
  close(null);
}

/// Raises the limit of open descriptors: the spawner needs one per process.
void raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

[[noreturn]] void run_spawner(FileDescriptor socket, const LaunchSettings& settings) {
  setsid();
  prctl(PR_SET_NAME, "apiary-spawner", 0, 0, 0);
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);  // services need none of the daemon's
  settle_signals();
  close_all_but(socket.get(), settings.directory);
  raise_descriptor_limit();
  setenv("PATH", service_path, 1);
  SpawnerProcess(std::move(socket), settings).run();
  _exit(0);
}

}  // namespace

tl::expected<Spawner, SystemError> Spawner::start(const SpawnerSettings& settings) {
  const std::unique_ptr<char, decltype(&std::free)> path(
      realpath(settings.directory.c_str(), nullptr), std::free);
  if (!path) return tl::unexpected(last_system_error("directory " + settings.directory));
  const FileDescriptor directory(open(path.get(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return tl::unexpected(last_system_error("open " + settings.directory));
  const auto user = find_user(settings.user);
  if (!user) return tl::unexpected(user.error());

  std::array<int, 2> pair{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0)
    return tl::unexpected(last_system_error("socketpair"));
  FileDescriptor ours(pair[0]), theirs(pair[1]);
  const pid_t process = fork();
  if (process < 0) return tl::unexpected(last_system_error("fork"));
  if (process == 0) run_spawner(std::move(theirs), {.directory = directory.get(), .user = *user});
  fcntl(ours.get(), F_SETFL, O_NONBLOCK);
  return Spawner(std::move(ours), process, path.get());
}

Spawner::~Spawner() {
  if (!socket_) return;  // moved from
  socket_.close();
  while (waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace apiary
