#include "sandbox/sandbox_privileges.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

#include "posix/file_descriptor.h"

namespace apiary {
namespace {

constexpr char oom_score_adjustment[] = "900";

bool drop_bounding_set() {
  for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability)
    if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) return false;
  return true;
}

bool make_inheritable(unsigned capability) {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, 2> sets{};
  if (syscall(SYS_capget, &header, sets.data()) != 0) return false;
  sets[0].inheritable |= 1U << capability;
  return syscall(SYS_capset, &header, sets.data()) == 0;
}

/// What process 1 does with its user namespace: mounts and namespaces, changes of user, kills, and
/// reads of what programs attempt and leave.
bool keep_needed_capabilities(NetworkPrivileges network) {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, 2> sets{};
  for (const unsigned capability :
       {CAP_DAC_READ_SEARCH, CAP_KILL, CAP_SETGID, CAP_SETUID, CAP_SYS_ADMIN, CAP_SYS_PTRACE})
    sets[0].effective |= 1U << capability;
  if (network != NetworkPrivileges::none) sets[0].effective |= 1U << CAP_NET_ADMIN;
  if (network == NetworkPrivileges::own_and_ports) {
    sets[0].effective |= 1U << CAP_NET_BIND_SERVICE;
    sets[0].inheritable = 1U << CAP_NET_BIND_SERVICE;
  }
  sets[0].permitted = sets[0].effective;
  return syscall(SYS_capset, &header, sets.data()) == 0;
}

}  // namespace

bool become_init_user(const ServiceUser& user) {
  if (setgroups(0, nullptr) != 0 || setresgid(user.group, user.group, user.group) != 0 ||
      setresuid(user.user, user.user, user.user) != 0)
    return false;
  // The change made the files in /proc/self root's, where we have yet to write.
  return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0;
}

void offer_to_oom_killer() {
  const FileDescriptor file(open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  if (file) [[maybe_unused]]
    const ssize_t written =
        write(file.get(), oom_score_adjustment, sizeof oom_score_adjustment - 1);
}

bool drop_privileges(bool keeps_needed, NetworkPrivileges network) {
  // What becomes inheritable must be in the bounding set.
  if (network == NetworkPrivileges::own_and_ports && !make_inheritable(CAP_NET_BIND_SERVICE))
    return false;
  return drop_bounding_set() && (!keeps_needed || keep_needed_capabilities(network)) &&
         prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

}  // namespace apiary
