#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "posix/file_descriptor.h"
#include "posix/system_error.h"
#include "sandbox/namespaces.h"
#include "sandbox/sandbox_view.h"

namespace apiary {

/// The restrictions that Landlock (landlock(7)) puts on a program if the machine refuses
/// namespaces.
struct LandlockSupport {
  int abi = 0;  // 0: the kernel has none, or does not use it

  bool has_tcp() const { return abi >= 4; }     // bind and connect
  bool has_scopes() const { return abi >= 6; }  // abstract Unix sockets, signals
};
LandlockSupport landlock_support();
/// "files are read-only, no TCP, no abstract Unix sockets, no signals to others".
std::string describe(LandlockSupport support);

/// A domain in which programs read what a view shows and write nothing, have no TCP, and reach no
/// abstract Unix socket and no process outside of it, as far as the kernel knows how; without what
/// they have namespaces for.
class Landlock {
 public:
  /// A rule, like a mount, is about a file, not its name: for `watch` see enter_view(). Errors: the
  /// kernel has none; a system call's.
  static tl::expected<Landlock, SystemError> make(const SandboxView& view, ViewWatch& watch,
                                                  Namespaces own = {});

  /// Confines the calling process, which has no_new_privs, and what it executes. Safe after
  /// vfork().
  bool confine_self() const;
  int descriptor() const { return rules_.get(); }

 private:
  explicit Landlock(FileDescriptor rules) : rules_(std::move(rules)) {}
  FileDescriptor rules_;
};

}  // namespace apiary
