#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "posix/file_descriptor.h"
#include "posix/system_error.h"

namespace apiary {

/// What programs in sandboxes see of this machine's files: interpreters, libraries and these, all
/// read-only. Paths are absolute; those that do not exist are passed over.
struct SandboxView {
  std::string directory;             // of the configuration: where programs run
  std::vector<std::string> shown{};  // also: programs, and files that commands name
  std::vector<std::string>
      hidden{};  // within what is shown: configuration, events, tokens, sockets
  bool operator==(const SandboxView&) const = default;
};

/// Where a sandbox has file systems of its own, emptied between programs.
inline constexpr const char* private_folders[] = {"/tmp", "/dev/shm"};
/// Where the view has what it shows below these; process 1 mounts it there after emptying them.
inline constexpr char kept_folder[] = "/.kept";
/// Those paths of the view, in the order in which they are to be mounted.
std::vector<std::string> kept_paths(const SandboxView& view);

/// The mount namespace in which this process runs, from which views are made.
tl::expected<FileDescriptor, SystemError> open_mount_namespace();

/// Gives the calling process, which must have no threads, a mount namespace in which the view is
/// all there is, in its directory; process 1 of each sandbox copies it. The private folders are
/// empty, and /proc is the machine's: process 1 mounts its own over it. `machine` is what
/// open_mount_namespace() opened before the first call. Errors: this machine or container does not
/// let us; the process is then back in `machine`.
tl::expected<void, SystemError> enter_view(const SandboxView& view, const FileDescriptor& machine);

}  // namespace apiary
