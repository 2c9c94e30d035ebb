#include "service/spawner_process.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <span>

#include "posix/pass_descriptors.h"

namespace apiary {
namespace {

// Time between SIGTERM and SIGKILL.
constexpr std::chrono::seconds grace{1};
// Key of the daemon's socket in epoll; process numbers start at 1.
constexpr std::uint64_t socket_number = 0;

FileDescriptor open_process(pid_t process) {
  return FileDescriptor(static_cast<int>(syscall(SYS_pidfd_open, process, 0U)));
}

/// Waits until `process` has exited. It stays a zombie, so that its id is not reused.
int wait_status(pid_t process) {
  siginfo_t info{};
  while (waitid(P_PID, static_cast<id_t>(process), &info, WEXITED | WNOWAIT) != 0 &&
         errno == EINTR) {
  }
  return info.si_code == CLD_EXITED ? W_EXITCODE(info.si_status, 0) : W_EXITCODE(0, info.si_status);
}

bool has_exited(pid_t process) {
  siginfo_t info{};
  return waitid(P_PID, static_cast<id_t>(process), &info, WEXITED | WNOWAIT | WNOHANG) == 0 &&
         info.si_pid == process;
}

void reap(pid_t process) {
  while (waitpid(process, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace

SpawnerProcess::SpawnerProcess(FileDescriptor socket, const LaunchSettings& settings)
    : socket_(std::move(socket)),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      settings_(settings),
      packet_(spawner_request_limit_bytes) {
  epoll_event event{.events = EPOLLIN, .data = {.u64 = socket_number}};
  epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, socket_.get(), &event);
}

void SpawnerProcess::run() {
  std::array<epoll_event, 64> events;
  for (bool daemon_lives = true; daemon_lives;) {
    const int count = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                 milliseconds_to_wait());
    for (int i = 0; i < count; ++i) {
      const std::uint64_t number = events[static_cast<std::size_t>(i)].data.u64;
      if (number == socket_number)
        daemon_lives = read_request();
      else
        on_exit({number});
    }
    kill_overdue();
  }
  kill_all();
}

bool SpawnerProcess::read_request() {
  const auto [size, streams] =
      receive_with_descriptors(socket_.get(), std::as_writable_bytes(std::span(packet_)));
  if (size < 0) return errno == EINTR || errno == EAGAIN;
  if (size == 0) return false;

  const auto request = decode_request(std::span(packet_).first(static_cast<std::size_t>(size)));
  if (!request) return true;
  if (request->is_end)
    end(request->process);
  else if (streams.size() == 3)
    start(*request, {streams[0].get(), streams[1].get(), streams[2].get()});
  else  // the kernel drops descriptors beyond our limit
    reply({request->process, ReplyKind::failed, StartStep::request, EMFILE});
  return true;
}

void SpawnerProcess::start(const DecodedRequest& request, const std::array<int, 3>& streams) {
  const auto process = launch(settings_, request, streams);
  if (!process)
    return reply(
        {request.process, ReplyKind::failed, process.error().step, process.error().number});
  FileDescriptor watched = open_process(*process);
  epoll_event event{.events = EPOLLIN, .data = {.u64 = request.process.value}};
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, watched.get(), &event) != 0) {
    const int number = errno;
    kill(-*process, SIGKILL);
    reap(*process);
    return reply({request.process, ReplyKind::failed, StartStep::fork, number});
  }
  children_[request.process.value] = {*process, std::move(watched), false};
  reply({request.process, ReplyKind::started, StartStep::program, *process});
}

void SpawnerProcess::end(ProcessNumber number) {
  const auto found = children_.find(number.value);
  if (found == children_.end() || found->second.is_ending) return;
  // Report an exit before this request as such: the request must not hide a crash.
  if (found->second.watched && has_exited(found->second.process)) on_exit(number);
  if (!found->second.watched) return remove(number);
  found->second.is_ending = true;
  kill(-found->second.process, SIGTERM);
  ending_.push_back({Clock::now() + grace, number});
}

void SpawnerProcess::on_exit(ProcessNumber number) {
  const auto found = children_.find(number.value);
  if (found == children_.end()) return;
  Child& child = found->second;
  child.watched.close();
  const int status = wait_status(child.process);
  // Another SIGKILL came from the kernel or from the service, even if we asked it to end meanwhile.
  const bool others_killed_it =
      WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && !child.is_killed;
  reply({number, child.is_ending && !others_killed_it ? ReplyKind::ended : ReplyKind::exited,
         StartStep::program, status});
  if (child.is_ending) remove(number);
}

/// Kills what is left of the group and reaps its leader, which has exited.
void SpawnerProcess::remove(ProcessNumber number) {
  const auto found = children_.find(number.value);
  kill(-found->second.process, SIGKILL);
  reap(found->second.process);
  children_.erase(found);
  reply({number, ReplyKind::gone});
}

void SpawnerProcess::kill_overdue() {
  while (!ending_.empty() && (ending_.front().when <= Clock::now() ||
                              !children_.contains(ending_.front().process.value))) {
    const auto found = children_.find(ending_.front().process.value);
    if (found != children_.end()) {
      found->second.is_killed = true;
      kill(-found->second.process, SIGKILL);
    }
    ending_.pop_front();
  }
}

void SpawnerProcess::kill_all() {
  for (const auto& [number, child] : children_) kill(-child.process, SIGKILL);
}

int SpawnerProcess::milliseconds_to_wait() const {
  if (ending_.empty()) return -1;
  const auto wait =
      std::chrono::ceil<std::chrono::milliseconds>(ending_.front().when - Clock::now());
  return static_cast<int>(std::max<std::int64_t>(wait.count(), 0));
}

void SpawnerProcess::reply(const SpawnerReply& reply) {
  while (send(socket_.get(), &reply, sizeof reply, MSG_NOSIGNAL) < 0 && errno == EINTR) {
  }
}

}  // namespace apiary
