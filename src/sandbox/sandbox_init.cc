#include "sandbox/sandbox_init.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <sys/ipc.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <span>

#include "posix/close_descriptors.h"
#include "posix/pass_descriptors.h"
#include "sandbox/sandbox_usage.h"

namespace apiary {
namespace {

// How long a program may take to end after SIGTERM.
constexpr std::chrono::seconds grace{1};
// How often a program's memory and processes are counted: at first, and while it uses little.
constexpr std::chrono::milliseconds first_check{100}, max_check_interval{2000};

// A program that used more processor time than this gets what others leave.
constexpr std::uint64_t free_cpu_milliseconds = 500;

// The kernel kills these first when memory runs out.
constexpr char oom_score_adjustment[] = "900";

std::uint64_t cpu_milliseconds_of(const rusage& used) {
  const auto milliseconds = [](const timeval& time) {
    return static_cast<std::uint64_t>(time.tv_sec * 1000 + time.tv_usec / 1000);
  };
  return milliseconds(used.ru_utime) + milliseconds(used.ru_stime);
}

/// Of all processes that this one has waited for.
std::uint64_t children_cpu_milliseconds() {
  rusage used{};
  getrusage(RUSAGE_CHILDREN, &used);
  return cpu_milliseconds_of(used);
}

bool mount_empty(const char* path) {
  umount2(path, MNT_DETACH);  // with what is mounted in it
  return mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, file_system_options) == 0;
}

/// How many files and folders a private folder has.
std::uint64_t count_files(const char* path) {
  struct statfs status {};
  if (statfs(path, &status) != 0) return 0;
  return status.f_files - status.f_ffree;
}

/// Whether the IPC namespace is as it was made. Message queues cannot be: see RLIMIT_MSGQUEUE.
bool has_no_ipc_objects() {
  struct shm_info memory {};
  struct seminfo semaphores {};
  struct msginfo messages {};
  const auto count = [](int result, int used) { return result < 0 || used > 0; };
  const bool shared =
      count(shmctl(0, SHM_INFO, reinterpret_cast<shmid_ds*>(&memory)), memory.used_ids);
  const bool sets = count(semctl(0, 0, SEM_INFO, &semaphores), semaphores.semusz);
  const bool queues =
      count(msgctl(0, MSG_INFO, reinterpret_cast<msqid_ds*>(&messages)), messages.msgpool);
  return !shared && !sets && !queues;
}

/// With only the program's own processes in it, and nothing of the machine.
bool mount_proc() {
  constexpr unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  return mount("proc", "/proc", "proc", flags, "hidepid=invisible,subset=pid") == 0 ||
         mount("proc", "/proc", "proc", flags, "hidepid=2") == 0;
}

bool protect_proc() {
  constexpr unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY;
  return mount(nullptr, "/proc", nullptr, MS_REMOUNT | MS_BIND | flags, nullptr) == 0;
}

void adjust_oom_score() {
  const FileDescriptor file(open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  if (file) [[maybe_unused]]
    const ssize_t written =
        write(file.get(), oom_score_adjustment, sizeof oom_score_adjustment - 1);
}

/// Nothing that programs execute can give them a capability.
bool drop_bounding_set() {
  for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability)
    if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) return false;
  return true;
}

/// What process 1 does with its user namespace: mounts and namespaces, changes of user, kills, and
/// reads of what programs attempt.
bool keep_needed_capabilities() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, 2> sets{};
  for (const unsigned capability :
       {CAP_KILL, CAP_SETGID, CAP_SETUID, CAP_SYS_ADMIN, CAP_SYS_PTRACE})
    sets[0].effective |= 1U << capability;
  sets[0].permitted = sets[0].effective;
  return syscall(SYS_capset, &header, sets.data()) == 0;
}

}  // namespace

SandboxInit::SandboxInit(FileDescriptor socket, const LaunchSettings& settings)
    : socket_(std::move(socket)), settings_(settings), packet_(spawner_request_limit_bytes) {}

void SandboxInit::run() {
  close_descriptors_but(socket_.get());
  if (!prepare()) {
    SpawnerReply failure{.kind = ReplyKind::failed, .step = StartStep::sandbox, .value = errno};
    failure.set_detail(preparing_);
    reply(failure);
    _exit(1);
  }
  for (;;) {
    std::array<pollfd, 3> watched{{{.fd = socket_.get(), .events = POLLIN, .revents = 0},
                                   {.fd = child_signals_.get(), .events = POLLIN, .revents = 0},
                                   {.fd = attempts_.descriptor(), .events = POLLIN, .revents = 0}}};
    poll(watched.data(), watched.size(), milliseconds_to_wait());
    if (watched[2].revents != 0) report_attempt();
    if (watched[1].revents != 0) reap();
    if (watched[0].revents != 0 && !read_request()) break;
    check_time();
  }
  signal_all(SIGKILL);
  _exit(0);
}

bool SandboxInit::prepare() {
  prctl(PR_SET_NAME, "init", 0, 0, 0);
  preparing_ = "become the user of process 1";
  if (settings_.containment == Containment::full && settings_.own_users && !become_init_user())
    return false;
  // Without a process namespace we have to kill what runs before we end.
  if (settings_.containment == Containment::full) prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  preparing_ = "signalfd";
  signal(SIGCHLD, SIG_DFL);
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, nullptr);
  child_signals_ = FileDescriptor(signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!child_signals_) return false;
  preparing_ = "prctl";
  if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) return false;
  if (settings_.containment == Containment::full && !prepare_mounts()) return false;
  adjust_oom_score();
  preparing_ = "remount /proc";
  if (settings_.containment == Containment::full && !protect_proc()) return false;
  preparing_ = "drop capabilities";
  const bool has_users = settings_.containment == Containment::full && settings_.own_users;
  return drop_bounding_set() && (!has_users || keep_needed_capabilities()) &&
         prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

/// The spawner maps our users, then sends a byte. Root, which is not among them, has no name in the
/// namespace then, and the change from it leaves the capabilities as they are.
bool SandboxInit::become_init_user() {
  char mapped = 0;
  ssize_t size = 0;
  do size = recv(socket_.get(), &mapped, 1, 0);
  while (size < 0 && errno == EINTR);
  if (size != 1) _exit(1);  // the spawner has the reason
  const ServiceUser& user = settings_.own_users->init;
  if (setgroups(0, nullptr) != 0 || setresgid(user.group, user.group, user.group) != 0 ||
      setresuid(user.user, user.user, user.user) != 0)
    return false;
  // The change made the files in /proc/self root's, where we have yet to write.
  return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0;
}

bool SandboxInit::prepare_mounts() {
  preparing_ = "mount --make-private /";
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
  preparing_ = "mount /proc";
  if (!mount_proc()) return false;
  preparing_ = "mount /tmp and /dev/shm";
  return empty_private_folders();
}

/// A program that wrote no file leaves nothing to empty.
bool SandboxInit::has_private_files() const {
  std::uint64_t count = 0;
  for (const char* folder : private_folders) count += count_files(folder);
  return count != private_files_;
}

bool SandboxInit::empty_private_folders() {
  for (const char* folder : private_folders)
    if (!mount_empty(folder)) return false;
  std::error_code error;
  for (const std::string& path : settings_.kept) {
    const std::string source = kept_folder + path;
    if (!std::filesystem::exists(source, error)) continue;
    if (std::filesystem::is_directory(source, error)) {
      std::filesystem::create_directories(path, error);
    } else {
      std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
      std::ofstream(path).flush();
    }
    if (mount(source.c_str(), path.c_str(), nullptr, MS_BIND | MS_REC, nullptr) != 0) return false;
  }
  private_files_ = 0;
  for (const char* folder : private_folders) private_files_ += count_files(folder);
  return true;
}

/// Signals all processes of the sandbox: in a process namespace those are all others; without one
/// they are those of the sandbox's user, and the group of the program.
void SandboxInit::signal_all(int number) {
  if (settings_.containment == Containment::full) {
    kill(-1, number);
    return;
  }
  if (program_) kill(-program_->process, number);
  if (!settings_.has_own_user) return;
  const pid_t killer = fork_as_program_user([number] { kill(-1, number); });
  if (killer > 0) waitpid(killer, nullptr, 0);
}

/// Starts a process with the program's user, for what only the owner of a process may. The program
/// can stop it, so process 1 does not depend on its end where it need not.
template <class Action>
pid_t SandboxInit::fork_as_program_user(Action action) const {
  const uid_t user = program_ && program_->user != 0 ? program_->user
                     : settings_.user                ? settings_.user->user
                                                     : geteuid();
  const pid_t child = fork();
  if (child != 0) return child;
  if (setresuid(user, user, user) == 0) action();
  _exit(0);
}

/// Removes what a program left: processes, files, System V objects and message queues.
bool SandboxInit::renew() {
  if (settings_.containment == Containment::none) {
    signal_all(SIGKILL);
    while (waitpid(-1, nullptr, WNOHANG) > 0) {
    }
    return true;
  }
  do signal_all(SIGKILL);
  while (waitpid(-1, nullptr, 0) > 0 || errno == EINTR);
  return (!has_private_files() || empty_private_folders()) &&
         (has_no_ipc_objects() || unshare(CLONE_NEWIPC) == 0);
}

bool SandboxInit::read_request() {
  const auto [size, streams] =
      receive_with_descriptors(socket_.get(), std::as_writable_bytes(std::span(packet_)));
  if (size < 0) return errno == EINTR || errno == EAGAIN;
  if (size == 0) return false;
  const auto request = decode_request(std::span(packet_).first(static_cast<std::size_t>(size)));
  if (!request) return true;
  if (request->kind == RequestKind::end)
    end(request->process);
  else if (streams.size() == 3)
    start(*request, {streams[0].get(), streams[1].get(), streams[2].get()});
  else  // the kernel leaves out what would exceed our limit of open descriptors
    reply({request->process, ReplyKind::failed, StartStep::request, EMFILE});
  return true;
}

void SandboxInit::start(const DecodedRequest& request, const std::array<int, 3>& streams) {
  if (settings_.containment == Containment::full) {
    const std::string_view name = *request.host_name == '\0' ? "localhost" : request.host_name;
    sethostname(name.data(), std::min<std::size_t>(name.size(), 64));
  }
  auto launched = launch(settings_, request, streams);
  if (!launched) {
    reply({request.process, ReplyKind::failed, launched.error().step, launched.error().number});
    return;
  }
  attempts_ = AttemptWatcher(std::move(launched->attempts));
  const ProgramLimits limits = limits_of(request.privileges);
  const auto now = Clock::now();
  program_ = Program{.number = request.process,
                     .process = launched->process,
                     .limits = limits,
                     .end_of_time = now + std::chrono::seconds(limits.wall_seconds),
                     .next_check = now + first_check,
                     .check_interval = first_check,
                     .ended_cpu_milliseconds = children_cpu_milliseconds(),
                     .user = request.privileges.user.value_or(0)};
  reply({request.process, ReplyKind::started, StartStep::program});
}

void SandboxInit::report_attempt() {
  const auto attempt = attempts_.read();
  const Instant now{Clock::now().time_since_epoch()};
  if (!attempt || !program_ || !attempt_rate_.take(now)) return;
  SpawnerReply message{.process = program_->number, .kind = ReplyKind::attempted};
  message.set_detail(attempt->call);
  message.has_target = attempt->target.has_value();
  message.target = attempt->target.value_or(Endpoint{});
  reply(message);
}

void SandboxInit::end(ProcessNumber number) {
  reap();  // an exit that happened before this request is reported as such: it hides no crash
  if (!program_ || program_->number != number || program_->is_ending) return;
  if (program_->has_exited) return finish();
  program_->is_ending = true;
  program_->kill_at = Clock::now() + grace;
  signal_all(SIGTERM);
}

/// Processes whose parents die become ours. A program is over when all have ended: what it left in
/// the background may still hold its output.
void SandboxInit::reap() {
  signalfd_siginfo signal;
  while (read(child_signals_.get(), &signal, sizeof signal) > 0) {
  }
  rusage used{};
  for (int status = 0;;) {
    const pid_t process = wait4(-1, &status, WNOHANG, &used);
    if (process == 0) return;
    if (process < 0) {
      if (program_ && program_->has_exited) finish();
      return;
    }
    if (program_ && process == program_->process) on_exit(status, used);
  }
}

void SandboxInit::on_exit(int wait_status, const rusage& used) {
  Program& program = *program_;
  // A SIGKILL that is not ours is the kernel's, or its own, whoever asked it to end meanwhile.
  const bool others_killed_it =
      WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGKILL && !program.is_killed;
  const bool was_ended =
      program.is_ending && !others_killed_it && program.limit == ServiceLimit::none;
  // execve(2) does not reset the peak: a smaller one is that of this process, which it was a copy
  // of.
  rusage own{};
  getrusage(RUSAGE_SELF, &own);
  reply({.process = program.number,
         .kind = was_ended ? ReplyKind::ended : ReplyKind::exited,
         .value = wait_status,
         .limit = program.limit,
         .cpu_milliseconds = static_cast<std::uint32_t>(cpu_milliseconds_of(used)),
         .memory_kib =
             used.ru_maxrss > own.ru_maxrss ? static_cast<std::uint32_t>(used.ru_maxrss) : 0});
  program.has_exited = true;
  if (program.is_ending) finish();
}

void SandboxInit::finish() {
  const bool is_clean = renew();
  attempts_ = {};
  const ProcessNumber number = program_->number;
  program_.reset();
  if (!is_clean) _exit(1);
  reply({.process = number, .kind = ReplyKind::gone});
}

void SandboxInit::check_time() {
  if (!program_) return;
  const auto now = Clock::now();
  if (now >= program_->kill_at) {
    program_->is_killed = true;
    signal_all(SIGKILL);
    program_->kill_at = Clock::time_point::max();
  }
  if (now >= program_->end_of_time) return kill_for(ServiceLimit::wall_time);
  if (now < program_->next_check || settings_.containment == Containment::none) return;
  const SandboxUsage usage = sandbox_usage();
  if (usage.processes > program_->limits.processes) return kill_for(ServiceLimit::processes);
  if (usage.private_bytes > program_->limits.memory_bytes) return kill_for(ServiceLimit::memory);
  if (usage.cpu_milliseconds + children_cpu_milliseconds() - program_->ended_cpu_milliseconds >
      free_cpu_milliseconds)
    make_idle(usage);
  const bool uses_little = usage.processes <= program_->limits.processes / 2 &&
                           usage.private_bytes <= program_->limits.memory_bytes / 4;
  program_->check_interval =
      uses_little ? std::min<Clock::duration>(program_->check_interval * 2, max_check_interval)
                  : Clock::duration(first_check);
  program_->next_check = now + program_->check_interval;
}

/// They run when nothing else wants the processor. What they fork from now on inherits that.
/// reap() waits for the process that does it.
void SandboxInit::make_idle(const SandboxUsage& usage) {
  fork_as_program_user([&] {
    const sched_param parameter{};
    for (const pid_t thread : usage.threads) sched_setscheduler(thread, SCHED_IDLE, &parameter);
  });
}

void SandboxInit::kill_for(ServiceLimit limit) {
  program_->limit = limit;
  program_->end_of_time = program_->next_check = program_->kill_at = Clock::time_point::max();
  signal_all(SIGKILL);
}

int SandboxInit::milliseconds_to_wait() const {
  if (!program_) return -1;
  auto next = std::min(program_->end_of_time, program_->kill_at);
  if (settings_.containment == Containment::full) next = std::min(next, program_->next_check);
  if (next == Clock::time_point::max()) return -1;
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now());
  return static_cast<int>(std::max<std::int64_t>(wait.count(), 0));
}

void SandboxInit::reply(const SpawnerReply& reply) {
  while (send(socket_.get(), &reply, sizeof reply, MSG_NOSIGNAL) < 0 && errno == EINTR) {
  }
}

}  // namespace apiary
