#include "sandbox/seccomp_filter.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/bpf.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace apiary {
namespace {

struct Call {
  const char* name;
  long (*make)();
  int of_daemon, of_spawner;  // the errno; 0: it is not refused
};

constexpr Call calls[] = {
    {"bpf", [] { return syscall(SYS_bpf, -1, nullptr, 0); }, EPERM, ENOSYS},
    {"a BPF map", [] { return syscall(SYS_bpf, BPF_MAP_CREATE, nullptr, 0); }, EPERM, ENOSYS},
    {"a BPF program", [] { return syscall(SYS_bpf, BPF_PROG_LOAD, nullptr, 0); }, EPERM, ENOSYS},
    {"io_uring", [] { return syscall(SYS_io_uring_setup, 1, nullptr); }, EPERM, ENOSYS},
    {"keys", [] { return syscall(SYS_keyctl, -1, 0); }, EPERM, ENOSYS},
    {"userfaultfd", [] { return syscall(SYS_userfaultfd, -1); }, EPERM, ENOSYS},
    {"a module", [] { return syscall(SYS_delete_module, "", 0); }, EPERM, ENOSYS},
    {"take a descriptor", [] { return syscall(SYS_pidfd_getfd, -1, 0, 0); }, EPERM, ENOSYS},
    {"write to a process",
     [] { return syscall(SYS_process_vm_writev, 0, nullptr, 0UL, nullptr, 0UL, 0UL); }, EPERM,
     ENOSYS},
    {"read a process",
     [] { return syscall(SYS_process_vm_readv, getpid(), nullptr, 0UL, nullptr, 0UL, 0UL); }, EPERM,
     0},
    {"a user namespace", [] { return syscall(SYS_unshare, CLONE_NEWUSER); }, EPERM, 0},
    {"a namespace by clone",
     [] { return syscall(SYS_clone, CLONE_NEWUSER | CLONE_FS, nullptr, nullptr, nullptr, 0); },
     EPERM, EINVAL},
    {"a mount", [] { return syscall(SYS_mount, nullptr, nullptr, nullptr, 0, nullptr); }, EPERM,
     EFAULT},
    {"a program", [] { return syscall(SYS_execve, "/does/not/exist", nullptr, nullptr); }, EPERM,
     ENOENT},
    {"a socket of the Internet", [] { return long{socket(AF_INET, SOCK_STREAM, 0)}; }, 0, 0},
    {"a netlink socket", [] { return long{socket(AF_NETLINK, SOCK_RAW, 0)}; }, 0, 0},
    {"fork",
     [] {
       const pid_t child = fork();
       if (child == 0) _exit(0);
       return long{waitpid(child, nullptr, 0)};
     },
     0, 0},
};

/// The errno of a call in a child process that has the filter. It is not killed for it.
int result_of(const SeccompFilter& filter, long (*call)()) {
  const pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (!filter.install_on_all_threads()) _exit(255);
    errno = 0;
    _exit(call() < 0 ? errno : 0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(SeccompFilter, TheDaemonDoesWithoutWhatServicesDoWithoutAndPrograms) {
  const auto filter = SeccompFilter::make_for_daemon();
  ASSERT_TRUE(filter) << to_string(filter.error());
  for (const Call& call : calls) {
    SCOPED_TRACE(call.name);
    EXPECT_EQ(result_of(*filter, call.make), call.of_daemon);
  }
}

TEST(SeccompFilter, TheSpawnerKeepsWhatSandboxesAreMadeBy) {
  const auto filter = SeccompFilter::make_for_spawner();
  ASSERT_TRUE(filter) << to_string(filter.error());
  for (const Call& call : calls) {
    SCOPED_TRACE(call.name);
    EXPECT_EQ(result_of(*filter, call.make), call.of_spawner);
  }
}

}  // namespace
}  // namespace apiary
