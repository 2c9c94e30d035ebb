#include "sandbox/sandbox_view.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/view_builder.h"
#include "sandbox/view_paths.h"

namespace apiary {

tl::expected<FileDescriptor, SystemError> open_mount_namespace() {
  FileDescriptor machine(open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC));
  if (!machine) return tl::unexpected(last_system_error("/proc/self/ns/mnt"));
  return machine;
}

tl::expected<void, SystemError> enter_view(const SandboxView& view, const FileDescriptor& machine,
                                           ViewWatch& watch) {
  if (setns(machine.get(), CLONE_NEWNS) != 0) return view_failure("setns");
  if (unshare(CLONE_NEWNS) != 0) return view_failure("unshare");
  const mode_t mask = umask(022);
  ViewBuilder builder(view, watch);
  tl::expected<void, SystemError> done;
  if (mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    done = view_failure("mount --make-private");
  if (done) done = builder.collect();
  if (done) done = builder.assemble();
  umask(mask);
  // Process 1 may be unable to go there: it is no root.
  const std::string kept = kept_folder + view.directory;
  const std::string& directory = is_in_private_folder(view.directory) ? kept : view.directory;
  if (done && chdir(directory.c_str()) != 0) done = view_failure(view.directory);
  if (done)
    watch.seal();
  else
    setns(machine.get(), CLONE_NEWNS);
  return done;
}

}  // namespace apiary
