#pragma once

#include <linux/filter.h>
#include <sched.h>

#include <tl/expected.hpp>
#include <vector>

#include "posix/system_error.h"

namespace apiary {

/// Flags of clone(2) that give a process namespaces of its own.
inline constexpr unsigned long namespace_clone_flags = CLONE_NEWNS | CLONE_NEWCGROUP |
                                                       CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
                                                       CLONE_NEWPID | CLONE_NEWNET;

/// Which system calls a program may make (seccomp(2)): all that interpreters and servers need. The
/// daemon and the spawner have filters made of the same lists.
/// Refused are those that reach other processes, namespaces, keys, mounts, kernel code and
/// interfaces that servers do not use. AttemptWatcher decides about those, about connect and
/// sendto, and reads changes of files, and which files are opened for writing or without O_CLOEXEC:
/// so shells and tools open what their users name, whereas interpreters and libraries, which open
/// hundreds, set that flag and lose no time. The filter does not report new processes: the signal
/// of a child's end would interrupt a fork that waits for the watcher. If the kernel has no
/// notifications, refused calls fail with EPERM. clone3 fails with ENOSYS, after which C libraries
/// use clone, whose flags a filter can read.
class SeccompFilter {
 public:
  struct Options {
    bool has_network = false;  // connect and sendto may succeed, so they are not reported
    // Anonymous shared mappings, memfd_create and System V segments: no resource limit counts them.
    bool allows_shared_memory = false;
    // Of a subsystem: it answers by datagrams, so only connect is reported, and its processes may
    // share anonymous mappings. It may not change its limits of memory, which have no hard ones.
    bool is_server = false;
  };

  /// Errors: libseccomp cannot build the filter for this machine.
  static tl::expected<SeccompFilter, SystemError> make(const Options& options);

  /// For the daemon after its start, which makes no namespaces and mounts and executes no program.
  /// A refused call fails with EPERM.
  static tl::expected<SeccompFilter, SystemError> make_for_daemon();
  /// For the spawner and process 1 of its sandboxes, which make namespaces and mounts. A refused
  /// call fails with ENOSYS. Programs inherit it; their own filter can report what it refuses.
  static tl::expected<SeccompFilter, SystemError> make_for_spawner();

  /// Applies it to all threads of this process; else as install(). False: errno says why.
  bool install_on_all_threads() const;
  /// Applies it to this thread, which must have no_new_privs, and to whatever it executes. Safe
  /// after vfork(). Returns the descriptor for an AttemptWatcher, close-on-exec. -1: there is none,
  /// as the kernel has no notifications. -2: errno says why it failed.
  int install() const;

 private:
  SeccompFilter(std::vector<sock_filter> program, bool notifies)
      : program_(std::move(program)), notifies_(notifies) {}

  std::vector<sock_filter> program_;
  bool notifies_;
};

}  // namespace apiary
