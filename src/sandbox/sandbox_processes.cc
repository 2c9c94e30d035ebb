#include "sandbox/sandbox_processes.h"

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "sandbox/vfork.h"

namespace apiary {
namespace {

/// Reaps those that have ended. What a program forked becomes ours when its parent ends
/// (PR_SET_CHILD_SUBREAPER), so without children nothing of it is left.
bool has_no_children() {
  pid_t child = 0;
  do child = waitpid(-1, nullptr, WNOHANG);
  while (child > 0);
  return child < 0 && errno == ECHILD;
}

}  // namespace

void SandboxProcesses::signal_all(int number) const {
  if (settings_.namespaces.has(CLONE_NEWPID)) {
    kill(-1, number);
    return;
  }
  if (program_) kill(-program_->process, number);
  if (!settings_.has_own_user) return;
  // Those of several sandboxes, at work at the same time, may signal each other.
  int status = 0;
  for (int attempt = 0; attempt < 8; ++attempt) {
    const pid_t killer = fork_as_program_user([number] { kill(-1, number); });
    if (killer <= 0 || waitpid(killer, &status, 0) != killer || !WIFSIGNALED(status)) return;
  }
}

void SandboxProcesses::kill_and_reap_all() const {
  if (!settings_.namespaces.has(CLONE_NEWPID)) {
    if (has_no_children()) return;
    signal_all(SIGKILL);
    while (waitpid(-1, nullptr, WNOHANG) > 0) {
    }
    return;
  }
  do signal_all(SIGKILL);
  while (waitpid(-1, nullptr, 0) > 0 || errno == EINTR);
}

void SandboxProcesses::make_idle(std::span<const pid_t> threads) const {
  fork_as_program_user([threads] {
    const sched_param parameter{};
    for (const pid_t thread : threads) sched_setscheduler(thread, SCHED_IDLE, &parameter);
  });
}

/// Starts a process with the program's user, for what only the owner of a process may. The program
/// could stop it by a signal (kill(2)) if it had that user as its real or saved one: it has one
/// that nobody has. Where there is none, process 1 does not depend on its end where it need not.
pid_t SandboxProcesses::fork_as_program_user(const std::function<void()>& action) const {
  struct Work {
    uid_t user, own;
    const std::function<void()>& action;
  };
  const uid_t user = program_ && program_->user != 0 ? program_->user
                     : settings_.user                ? settings_.user->user
                                                     : geteuid();
  Work work{user, settings_.idle_user.value_or(user), action};
  const auto run = [](void* place) -> int {
    const Work& given = *static_cast<Work*>(place);
    if (setresuid(given.own, given.user, given.own) == 0) given.action();
    _exit(0);
  };
  if (settings_.idle_user) return vfork_into(run, &work);
  const pid_t child = fork();
  if (child == 0) run(&work);
  return child;
}

}  // namespace apiary
