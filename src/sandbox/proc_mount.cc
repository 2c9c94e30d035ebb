#include "sandbox/proc_mount.h"

#include <sys/mount.h>

namespace apiary {

bool mount_proc() {
  constexpr unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  return mount("proc", "/proc", "proc", flags, "hidepid=invisible,subset=pid") == 0 ||
         mount("proc", "/proc", "proc", flags, "hidepid=2") == 0;
}

bool protect_proc() {
  constexpr unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY;
  return mount(nullptr, "/proc", nullptr, MS_REMOUNT | MS_BIND | flags, nullptr) == 0;
}

}  // namespace apiary
