#include "sandbox/sandbox.h"

#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "sandbox/sandbox_group.h"
#include "sandbox/sandbox_init.h"

namespace apiary {
tl::expected<Sandbox, SystemError> Sandbox::make(const LaunchSettings& settings) {
  std::array<int, 2> pair{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0)
    return tl::unexpected(last_system_error("socketpair"));
  FileDescriptor ours(pair[0]), theirs(pair[1]);
  const bool has_users = settings.own_users.has_value();
  const unsigned long flags =
      settings.namespaces.without({CLONE_NEWUSER}).flags | (has_users ? CLONE_NEWUSER : 0);
  // Whose users we map must let us into its /proc folder.
  prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
  const pid_t init =
      settings.group != nullptr ? settings.group->fork_into(flags) : fork_into_namespaces(flags);
  const int fork_error = errno;
  if (init == 0) SandboxInit(std::move(theirs), settings).run();
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  if (init < 0) return tl::unexpected(SystemError{"clone", fork_error});
  if (has_users) {
    if (const auto mapped = map_ids(init, settings.own_users->ids); !mapped) {
      kill(init, SIGKILL);
      return tl::unexpected(mapped.error());
    }
    send(ours.get(), "", 1, MSG_NOSIGNAL);  // it waits for that
  }
  FileDescriptor process(static_cast<int>(syscall(SYS_pidfd_open, init, 0U)));
  if (!process) {
    const int number = errno;
    kill(init, SIGKILL);
    return tl::unexpected(SystemError{"pidfd_open", number});
  }
  return Sandbox(std::move(ours), std::move(process), init);
}

}  // namespace apiary
