#include "sandbox/sandbox_init.h"

#include <poll.h>
#include <sched.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <iterator>
#include <span>

#include "posix/close_descriptors.h"
#include "posix/pass_descriptors.h"
#include "sandbox/ipc_namespace.h"
#include "sandbox/landlock.h"
#include "sandbox/sandbox_group.h"

namespace apiary {
namespace {

// How long a program may take to end after SIGTERM.
constexpr std::chrono::seconds grace{1};

}  // namespace

SandboxInit::SandboxInit(FileDescriptor socket, const LaunchSettings& settings)
    : socket_(std::move(socket)), settings_(settings), packet_(spawner_request_limit_bytes) {}

void SandboxInit::run() {
  std::vector<int> kept{socket_.get()};
  if (settings_.landlock != nullptr) kept.push_back(settings_.landlock->descriptor());
  if (settings_.group != nullptr)
    std::ranges::copy(settings_.group->descriptors(), std::back_inserter(kept));
  close_descriptors_but(std::move(kept));
  if (!prepare()) {
    SpawnerReply failure{.kind = ReplyKind::failed, .step = StartStep::sandbox, .value = errno};
    failure.set_detail(preparing_);
    reply(failure);
    _exit(1);
  }
  for (;;) {
    std::array<pollfd, 6> watched{
        {{.fd = socket_.get(), .events = POLLIN, .revents = 0},
         {.fd = child_signals_.get(), .events = POLLIN, .revents = 0},
         {.fd = attempts_.descriptor(Clock::now()), .events = POLLIN, .revents = 0},
         {.fd = server_ ? server_->refusals() : -1, .events = POLLIN, .revents = 0},
         {.fd = refused_forks_.descriptor(Clock::now()), .events = POLLPRI, .revents = 0},
         {.fd = server_ ? server_->egress().descriptor() : -1, .events = POLLIN, .revents = 0}}};
    poll(watched.data(), watched.size(), milliseconds_to_wait());
    if ((watched[2].revents & POLLIN) != 0)
      report_attempt();
    else if (watched[2].revents != 0)  // POLLHUP: all that have the filter have ended
      attempts_ = {};
    if (watched[3].revents != 0) report_refusal();
    if (watched[4].revents != 0) report_refused_forks(false);
    if (watched[5].revents != 0) report_outbound_requests();
    if (watched[1].revents != 0) reap();
    if (watched[0].revents != 0 && !read_request()) break;
    check_limits();
    report_ports();
  }
  processes_.signal_all(SIGKILL);
  _exit(0);
}

/// Removes what a program left: processes, files, System V objects and message queues.
bool SandboxInit::clean_up() {
  processes_.kill_and_reap_all();
  const Namespaces own = settings_.namespaces;
  return (!own.has(CLONE_NEWNS) || folders_.are_empty() || folders_.mount_empty()) &&
         (!own.has(CLONE_NEWIPC) || has_no_ipc_objects() || unshare(CLONE_NEWIPC) == 0);
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
  else if (request->kind == RequestKind::socket)
    open_socket(*request);
  else if (request->kind == RequestKind::outbound)
    answer_outbound_request(*request);
  else if (request->kind == RequestKind::change)
    change(*request);
  else if (streams.size() == 3)
    start(*request, {streams[0].get(), streams[1].get(), streams[2].get()});
  else  // the kernel leaves out what would exceed our limit of open descriptors
    reply({request->process, ReplyKind::failed, StartStep::request, EMFILE});
  return true;
}

void SandboxInit::start(const DecodedRequest& request, const std::array<int, 3>& streams) {
  if (settings_.namespaces.has(CLONE_NEWUTS)) {
    const std::string_view name = *request.host_name == '\0' ? "localhost" : request.host_name;
    sethostname(name.data(), std::min<std::size_t>(name.size(), 64));
  }
  if (!prepare_group(request.privileges))
    return reply({request.process, ReplyKind::failed, StartStep::limits, errno});
  auto launched = launch_program(request, streams);
  if (!launched) {
    reply({request.process, ReplyKind::failed, launched.error().step, launched.error().number});
    return;
  }
  const ProgramLimits limits = limits_of(request.privileges, server_.has_value());
  attempts_ = AttemptWatcher(std::move(launched->attempts), file_user(request),
                             {limits.watched_calls_burst, limits.watched_calls_per_second});
  processes_.set_program(launched->process, request.privileges.user.value_or(0));
  program_ =
      RunningProgram{.number = request.process,
                     .watch = {limits, settings_.has_own_proc(), settings_.load, Clock::now()},
                     .has_own_user = settings_.has_own_user && !request.privileges.user};
  count_as(ProcessorLoad::State::runs);
  reply({request.process, ReplyKind::started, StartStep::program});
  if (server_) server_->begin(Clock::now());
}

tl::expected<Launched, LaunchError> SandboxInit::launch_program(const DecodedRequest& request,
                                                                const std::array<int, 3>& streams) {
  if (!server_) return launch(settings_, request, streams);
  if (request.server.has_host)
    if (const auto added = server_->network().add_host(request.server.host); !added)
      return tl::unexpected(LaunchError{StartStep::sandbox, added.error().number});
  if (const auto allowed = server_->allow(request.egress); !allowed)
    return tl::unexpected(LaunchError{StartStep::sandbox, allowed.error().number});
  const ServerSandbox::Inside inside(server_->network());
  if (!inside) return tl::unexpected(LaunchError{StartStep::sandbox, errno});
  return launch(settings_, request, streams);
}

void SandboxInit::answer_outbound_request(const DecodedRequest& request) {
  if (server_ && program_ && program_->number == request.process)
    server_->egress().answer(request.number, request.answer);
}

void SandboxInit::open_socket(const DecodedRequest& request) {
  SpawnerReply answer{
      .process = request.process, .kind = ReplyKind::socket, .number = request.number};
  if (!server_ || !program_ || program_->number != request.process) {
    answer.value = ECONNREFUSED;
    return reply(answer);
  }
  const auto made = server_->open_visitor_socket(request.socket);
  if (made) return reply(answer, made->get());
  answer.value = made.error().number;
  answer.set_detail(made.error().what);
  reply(answer);
}

void SandboxInit::end(ProcessNumber number) {
  reap();  // an exit that happened before this request is reported as such: it hides no crash
  if (!program_ || program_->number != number || program_->is_ending) return;
  if (program_->has_exited) return finish();
  program_->is_ending = true;
  program_->kill_at = Clock::now() + grace;
  processes_.signal_all(SIGTERM);
}

/// Processes whose parents end become ours. A program has ended when all of them have: what it left
/// in the background may still hold its output.
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
    if (processes_.is_program(process)) on_exit(status, used);
  }
}

void SandboxInit::on_exit(int wait_status, const rusage& used) {
  RunningProgram& program = *program_;
  // A SIGKILL that is not ours is the kernel's or its own, even if it was asked to end.
  const bool others_killed_it =
      WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGKILL && !program.is_killed;
  const bool was_ended =
      program.is_ending && !others_killed_it && program.limit == ServiceLimit::none;
  report_refused_forks(ended_at_bound());
  report_files();
  // execve(2) does not reset the peak: a smaller one is that of this process, which it was a copy
  // of.
  rusage own{};
  getrusage(RUSAGE_SELF, &own);
  const SpawnerReply exit{.process = program.number,
                          .kind = was_ended ? ReplyKind::ended : ReplyKind::exited,
                          .value = wait_status,
                          .limit = program.limit,
                          .cpu_milliseconds = static_cast<std::uint32_t>(cpu_milliseconds_of(used)),
                          .memory_kib = used.ru_maxrss > own.ru_maxrss
                                            ? static_cast<std::uint32_t>(used.ru_maxrss)
                                            : 0};
  program.has_exited = true;
  // A server that daemonizes continues. After a crash, its other processes are ended, too.
  const bool may_go_on = server_ && WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0;
  if (may_go_on && !program.is_ending && program.limit == ServiceLimit::none)
    program.exit = exit;
  else
    reply(exit);
  if (program.is_ending) finish();
}

void SandboxInit::finish() {
  if (program_->exit) {
    program_->exit->limit = program_->limit;
    reply(*program_->exit);
  }
  if (server_) server_->end();
  count_as(ProcessorLoad::State::none);
  const bool is_clean = clean_up();
  attempts_ = {};
  const ProcessNumber number = program_->number;
  program_.reset();
  processes_.clear_program();
  if (!is_clean) _exit(1);
  reply({.process = number, .kind = ReplyKind::gone});
}

}  // namespace apiary
