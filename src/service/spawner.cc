#include "service/spawner.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <memory>

#include "posix/close_descriptors.h"
#include "service/spawner_process.h"

namespace apiary {
namespace {

tl::expected<std::string, SystemError> absolute(const std::string& directory) {
  const std::unique_ptr<char, decltype(&std::free)> path(realpath(directory.c_str(), nullptr),
                                                         std::free);
  if (!path) return tl::unexpected(last_system_error("directory " + directory));
  return std::string(path.get());
}

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

tl::expected<SpawnerPolicy, SystemError> policy_of(const SpawnerSettings& settings) {
  SpawnerPolicy policy{
      .namespaces = settings.contain == ContainMode::off ? Namespaces{} : all_namespaces,
      .is_best_effort = settings.contain == ContainMode::best_effort,
      .allowed_users = settings.allowed_users};
  if (geteuid() != 0 && !may_map_ids()) return policy;
  const uid_t last_user = settings.users.first + settings.users.count - 1;
  if (!settings.user.empty()) {
    const auto user = find_user(settings.user);
    if (!user) return tl::unexpected(user.error());
    policy.user = *user;
    if (may_map_ids())
      policy.init_user = has_users(settings.users) ? ServiceUser{last_user, last_user} : *user;
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
  if (!may_map_ids()) return policy;
  policy.init_user = ServiceUser{last_user, last_user};
  if (policy.user_count > 2) policy.idle_user = last_user - 1;
  if (policy.user_count > 1) policy.user_count -= policy.idle_user ? 2 : 1;
  return policy;
}

/// All users and groups that the spawner needs: its own, those of sandboxes, and those of programs.
std::vector<IdRange> ids_of(const SpawnerPolicy& policy) {
  std::vector<IdRange> ids{{geteuid()}, {getegid()}};
  for (const auto& user : {policy.user, policy.init_user})
    if (user) ids.insert(ids.end(), {{user->user}, {user->group}});
  if (policy.first_user != 0)
    ids.push_back({policy.first_user, static_cast<std::uint32_t>(policy.user_count)});
  if (policy.idle_user) ids.push_back({*policy.idle_user});
  for (const uid_t user : policy.allowed_users) ids.push_back({user});
  return ids;
}

/// What the spawner, process 1 of sandboxes and programs never need is refused to them. The machine
/// may have no seccomp; then the programs' own filter fails too, with a reason.
void refuse_needless_calls() {
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (const auto filter = SeccompFilter::make_for_spawner()) filter->install_on_all_threads();
}

/// Signals for the daemon (Ctrl-C reaches the whole group) are not for us: we end when it does. A
/// handler, unlike SIG_IGN, is not inherited by the services.
void reset_signals() {
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
  close_descriptors_but({kept});
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
                              const SpawnerPolicy& policy, const std::vector<pid_t>& daemon) {
  setsid();  // all services are in its autogroup (sched(7)): together they weigh as one session
  prctl(PR_SET_NAME, "apiary-spawner", 0, 0, 0);
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);  // services need none of the daemon's
  reset_signals();
  close_all_but(socket.get());
  raise_descriptor_limit();
  setenv("PATH", service_path, 1);
  umask(022);  // services find what process 1 makes for them
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  // Before the view hides them, and while root's are ours.
  std::optional<ControlGroups> groups;
  if (auto opened = ControlGroups::open(daemon)) groups.emplace(std::move(*opened));
  // Where it cannot, sandboxes say why they cannot be made.
  if (!policy.namespaces.empty() && !may_make_namespaces())
    (void)enter_user_namespace(ids_of(policy));
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  refuse_needless_calls();
  SpawnerProcess(std::move(socket), {.directory = directory}, policy, std::move(groups)).run();
  _exit(0);
}

}  // namespace

bool has_users(const UserRange& range) {
  std::ifstream map("/proc/self/uid_map");
  for (std::uint64_t inside = 0, outside = 0, count = 0; map >> inside >> outside >> count;)
    if (range.first >= inside && range.first + std::uint64_t{range.count} <= inside + count)
      return true;
  return false;
}

tl::expected<void, SystemError> Spawner::serve(FileDescriptor socket,
                                               const SpawnerSettings& settings) {
  const auto policy = policy_of(settings);
  if (!policy) return tl::unexpected(policy.error());
  run_spawner(std::move(socket), settings.directory, *policy, {});
}

tl::expected<Spawner, SystemError> Spawner::connect(const std::string& path,
                                                    const std::string& directory) {
  const auto place = absolute(directory);
  if (!place) return tl::unexpected(place.error());
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return tl::unexpected(SystemError{"the spawner's socket " + path, ENAMETOOLONG});
  path.copy(address.sun_path, path.size());
  FileDescriptor socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  if (!socket ||
      ::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    return tl::unexpected(last_system_error("the spawner's socket " + path));
  fcntl(socket.get(), F_SETFL, O_NONBLOCK);
  return Spawner(std::move(socket), 0, *place);
}

tl::expected<Spawner, SystemError> Spawner::start(const SpawnerSettings& settings) {
  const auto directory = absolute(settings.directory);
  if (!directory) return tl::unexpected(directory.error());
  const auto policy = policy_of(settings);
  if (!policy) return tl::unexpected(policy.error());

  std::array<int, 2> pair{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0)
    return tl::unexpected(last_system_error("socketpair"));
  FileDescriptor ours(pair[0]), theirs(pair[1]);
  const pid_t daemon = getpid();
  const pid_t process = fork();
  if (process < 0) return tl::unexpected(last_system_error("fork"));
  if (process == 0) run_spawner(std::move(theirs), *directory, *policy, {daemon});
  fcntl(ours.get(), F_SETFL, O_NONBLOCK);
  return Spawner(std::move(ours), process, *directory);
}

Spawner::~Spawner() {
  if (!socket_) return;  // moved from
  socket_.close();
  if (process_ == 0) return;  // it is another service's
  while (waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace apiary
