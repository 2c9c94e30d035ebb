#include "service/spawner.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <memory>

#include "service/spawner_process.h"

namespace apiary {
namespace {

tl::expected<ServiceUser, SystemError> find_user(const std::string& name) {
  errno = 0;
  const passwd* const entry = getpwnam(name.c_str());
  if (entry == nullptr)
    return tl::unexpected(SystemError{"the services' user " + name, errno == 0 ? ENOENT : errno});
  if (entry->pw_uid == 0)
    return tl::unexpected(
        SystemError{"services cannot run as " + name +
                    ": leave --service-user out, and each has a user of its own"});
  return ServiceUser{entry->pw_uid, entry->pw_gid};
}

/// Whether our user namespace has all of the range (user_namespaces(7)).
bool has_users(const UserRange& range) {
  std::ifstream map("/proc/self/uid_map");
  for (std::uint64_t inside = 0, outside = 0, count = 0; map >> inside >> outside >> count;)
    if (range.first >= inside && range.first + std::uint64_t{range.count} <= inside + count)
      return true;
  return false;
}

tl::expected<SpawnerPolicy, SystemError> policy_of(const SpawnerSettings& settings) {
  SpawnerPolicy policy{
      .containment = settings.contain == ContainMode::off ? Containment::none : Containment::full,
      .is_best_effort = settings.contain == ContainMode::best_effort,
      .allowed_users = settings.allowed_users};
  if (geteuid() != 0) return policy;
  if (!settings.user.empty()) {
    const auto user = find_user(settings.user);
    if (!user) return tl::unexpected(user.error());
    policy.user = *user;
    return policy;
  }
  if (!has_users(settings.users)) {
    if (settings.contain == ContainMode::best_effort) return policy;  // they stay who we are
    return tl::unexpected(SystemError{
        fmt::format("this user namespace has no users {} to {} for services: name others by "
                    "--service-uids FIRST-LAST, or use --contain best-effort",
                    settings.users.first, settings.users.first + settings.users.count - 1)});
  }
  policy.first_user = settings.users.first;
  policy.user_count = settings.users.count;
  return policy;
}

void write_text(const char* path, const std::string& text) { std::ofstream(path) << text; }

/// A spawner that is not root makes sandboxes in a user namespace of its own.
void enter_user_namespace() {
  const uid_t user = geteuid();
  const gid_t group = getegid();
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return;  // sandboxes say why they cannot be made
  write_text("/proc/self/setgroups", "deny");
  write_text("/proc/self/uid_map", fmt::format("{0} {0} 1", user));
  write_text("/proc/self/gid_map", fmt::format("{0} {0} 1", group));
}

/// Signals for the daemon (Ctrl-C reaches the whole group) are not for us: we end when it does. A
/// handler, unlike SIG_IGN, is not inherited by the services.
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

/// Closes everything but stderr, for what a sanitizer has to say, and the one given.
void close_all_but(int kept) {
  const auto number = static_cast<unsigned>(kept);
  if (number > 3) close_range(3, number - 1, 0);
  close_range(number + 1, ~0U, 0);
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

[[noreturn]] void run_spawner(FileDescriptor socket, const std::string& directory,
                              const SpawnerPolicy& policy) {
  setsid();
  prctl(PR_SET_NAME, "apiary-spawner", 0, 0, 0);
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);  // services need none of the daemon's
  settle_signals();
  close_all_but(socket.get());
  raise_descriptor_limit();
  setenv("PATH", service_path, 1);
  if (geteuid() != 0 && policy.containment == Containment::full) enter_user_namespace();
  SpawnerProcess(std::move(socket), {.directory = directory}, policy).run();
  _exit(0);
}

}  // namespace

tl::expected<Spawner, SystemError> Spawner::start(const SpawnerSettings& settings) {
  const std::unique_ptr<char, decltype(&std::free)> path(
      realpath(settings.directory.c_str(), nullptr), std::free);
  if (!path) return tl::unexpected(last_system_error("directory " + settings.directory));
  const auto policy = policy_of(settings);
  if (!policy) return tl::unexpected(policy.error());

  std::array<int, 2> pair{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0)
    return tl::unexpected(last_system_error("socketpair"));
  FileDescriptor ours(pair[0]), theirs(pair[1]);
  const pid_t process = fork();
  if (process < 0) return tl::unexpected(last_system_error("fork"));
  if (process == 0) run_spawner(std::move(theirs), path.get(), *policy);
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
