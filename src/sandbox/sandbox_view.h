#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "posix/file_descriptor.h"
#include "posix/system_error.h"
#include "sandbox/view_watch.h"

namespace apiary {

/// This machine's files that programs in sandboxes see: interpreters, libraries and these, all
/// read-only. Paths are absolute; those that do not exist are passed over.
struct SandboxView {
  // Of the configuration, where programs run. /, /tmp and /dev/shm are not shown: programs run in
  // those of the view.
  std::string directory;
  std::vector<std::string> shown{};  // also: programs, and files that commands name
  // Not within what is shown, even if replaced: configuration, events, tokens, sockets; without
  // symbolic links. A folder with some shows only the names that it has when the view is made.
  std::vector<std::string> hidden{};
  bool operator==(const SandboxView&) const = default;
};

/// The mount namespace in which this process runs, from which views are made.
tl::expected<FileDescriptor, SystemError> open_mount_namespace();

/// Gives the calling process, which must have no threads, a mount namespace in which the view is
/// all there is, in its directory; process 1 of each sandbox copies it. The private folders are
/// empty, and /proc is the machine's: process 1 mounts its own over it. `machine` is what
/// open_mount_namespace() opened before the first call. `watch` is new for a new view; to make the
/// same one again, it is the one that has noticed changes. Errors: this machine or container does
/// not let us; the process is then back in `machine`.
tl::expected<void, SystemError> enter_view(const SandboxView& view, const FileDescriptor& machine,
                                           ViewWatch& watch);

}  // namespace apiary
