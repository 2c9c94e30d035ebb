#pragma once

#include <linux/filter.h>

#include <tl/expected.hpp>
#include <vector>

#include "posix/system_error.h"

namespace apiary {

/// Which system calls a program may make (seccomp(2)): all that interpreters and servers need.
/// Refused are those that reach other processes, namespaces, keys, mounts, kernel code and
/// interfaces that servers do not use. A refused call fails with EPERM; clone3 with ENOSYS, after
/// which C libraries use clone, whose flags a filter can read.
class SeccompFilter {
 public:
  enum class SharedMemory : bool { allowed, refused };

  /// `shared_memory`: anonymous shared mappings, memfd_create and System V segments, which no
  /// resource limit counts. Refuse them where no control group does.
  /// Errors: libseccomp cannot build the filter for this machine.
  static tl::expected<SeccompFilter, SystemError> make(SharedMemory shared_memory);

  /// Applies it to this thread, which must have no_new_privs, and to whatever it executes. Safe
  /// after vfork(). False: errno tells why.
  bool install() const;

 private:
  explicit SeccompFilter(std::vector<sock_filter> program) : program_(std::move(program)) {}

  std::vector<sock_filter> program_;
};

}  // namespace apiary
