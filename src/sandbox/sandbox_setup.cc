// How process 1 of a sandbox prepares itself and its file systems before the first program.
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "sandbox/proc_mount.h"
#include "sandbox/sandbox_init.h"
#include "sandbox/sandbox_privileges.h"

namespace apiary {

bool SandboxInit::prepare() {
  const bool has_mounts = settings_.namespaces.has(CLONE_NEWNS);
  const bool has_users = settings_.own_users.has_value();
  prctl(PR_SET_NAME, "init", 0, 0, 0);
  preparing_ = "become the user of process 1";
  if (has_users) {
    wait_for_users();
    if (!become_init_user(settings_.own_users->init)) return false;
  }
  // Without a process namespace we have to kill what runs before we end.
  if (settings_.namespaces.has(CLONE_NEWPID)) prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (!watch_children() || (has_mounts && !prepare_mounts())) return false;
  offer_to_oom_killer();
  preparing_ = "remount /proc";
  if (has_mounts && !protect_proc()) return false;
  preparing_ = "drop capabilities";
  return drop_privileges(has_users, !server_ ? NetworkPrivileges::none
                                    : settings_.needs_bind_capability
                                        ? NetworkPrivileges::own_and_ports
                                        : NetworkPrivileges::own);
}

/// The spawner maps our users, then sends a byte.
void SandboxInit::wait_for_users() {
  char mapped = 0;
  ssize_t size = 0;
  do size = recv(socket_.get(), &mapped, 1, 0);
  while (size < 0 && errno == EINTR);
  if (size != 1) _exit(1);  // the spawner has the reason
}

bool SandboxInit::watch_children() {
  preparing_ = "signalfd";
  signal(SIGCHLD, SIG_DFL);
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, nullptr);
  child_signals_ = FileDescriptor(signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!child_signals_) return false;
  preparing_ = "prctl";
  return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0;
}

bool SandboxInit::prepare_mounts() {
  preparing_ = "mount --make-private /";
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
  preparing_ = "mount /proc";
  if (settings_.server != nullptr) {
    auto server = ServerSandbox::make(*settings_.server);
    if (!server) {
      preparing_what_ = server.error().what;
      preparing_ = preparing_what_.c_str();
      errno = server.error().number;
      return false;
    }
    server_ = std::move(*server);
    settings_.needs_bind_capability = !server_->network().allows_all_ports();
    preparing_ = "mount /proc";
  }
  // Without processes of its own, it may have to see the machine's.
  if (!mount_proc() && settings_.namespaces.has(CLONE_NEWPID)) return false;
  preparing_ = "mount /tmp and /dev/shm";
  return folders_.mount_empty();
}

}  // namespace apiary
