#include "sandbox/landlock.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "sandbox/view_paths.h"

namespace apiary {
namespace {

// The header of Debian 12's kernel knows the first two versions. LANDLOCK_ACCESS_FS_*, _NET_*,
// LANDLOCK_SCOPE_*, and struct landlock_ruleset_attr of Linux 6.12:
constexpr std::uint64_t fs_of_1 = (1u << 13) - 1, fs_refer = 1u << 13, fs_truncate = 1u << 14,
                        fs_ioctl_device = 1u << 15;
constexpr std::uint64_t bind_tcp = 1, connect_tcp = 2;
constexpr std::uint64_t scope_abstract_unix_sockets = 1, scope_signals = 2;
struct Rights {
  std::uint64_t files = fs_of_1, network = 0, scopes = 0;
};

constexpr std::uint64_t read_file = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE;
constexpr std::uint64_t read_folder = read_file | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t use_device = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE;

Rights rights_of(int abi) {
  Rights rights;
  if (abi >= 2) rights.files |= fs_refer;
  if (abi >= 3) rights.files |= fs_truncate;
  if (abi >= 5) rights.files |= fs_ioctl_device;
  if (abi >= 4) rights.network = bind_tcp | connect_tcp;
  if (abi >= 6) rights.scopes = scope_abstract_unix_sockets | scope_signals;
  return rights;
}

/// The kernel refuses a structure of a later version, even if it asks for nothing new.
std::size_t size_for(int abi) {
  return abi >= 6   ? sizeof(Rights)
         : abi >= 4 ? offsetof(Rights, scopes)
                    : offsetof(Rights, network);
}

/// Paths that do not exist are passed over, as in views.
bool allow(int rules, const std::string& path) {
  const FileDescriptor place(open(path.c_str(), O_PATH | O_CLOEXEC));
  struct stat status {};
  if (!place || fstat(place.get(), &status) != 0) return errno != EMFILE && errno != ENFILE;
  landlock_path_beneath_attr rule{};
  rule.parent_fd = place.get();
  rule.allowed_access = S_ISDIR(status.st_mode)   ? read_folder
                        : S_ISCHR(status.st_mode) ? use_device
                                                  : read_file;
  return syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0U) == 0;
}

}  // namespace

LandlockSupport landlock_support() {
  const long abi = syscall(SYS_landlock_create_ruleset, nullptr, std::size_t{0},
                           LANDLOCK_CREATE_RULESET_VERSION);
  return {abi > 0 ? static_cast<int>(abi) : 0};
}

std::string describe(LandlockSupport support) {
  if (support.abi == 0) return "nothing: this kernel has no Landlock";
  std::string text = "they write no files, and read those of their view";
  if (support.has_tcp()) text += "; no TCP";
  if (support.has_scopes()) text += "; no abstract Unix sockets and no signals to others";
  return text;
}

tl::expected<Landlock, SystemError> Landlock::make(const SandboxView& view, ViewWatch& watch,
                                                   Namespaces own) {
  const LandlockSupport support = landlock_support();
  if (support.abi == 0) return tl::unexpected(SystemError{"Landlock", EOPNOTSUPP});
  Rights rights = rights_of(support.abi);
  if (own.has(CLONE_NEWNS)) rights.files = 0;
  if (own.has(CLONE_NEWNET)) rights.network = 0;
  if (own.has(CLONE_NEWNET)) rights.scopes &= ~scope_abstract_unix_sockets;
  if (own.has(CLONE_NEWPID)) rights.scopes &= ~scope_signals;
  FileDescriptor rules(
      static_cast<int>(syscall(SYS_landlock_create_ruleset, &rights, size_for(support.abi), 0U)));
  if (!rules) return tl::unexpected(last_system_error("Landlock"));
  fcntl(rules.get(), F_SETFD, FD_CLOEXEC);
  if (rights.files == 0) return Landlock(std::move(rules));
  // Without a /proc of its own, a program sees the machine's, but of others only what everybody
  // may.
  std::vector<std::string> paths = visible_paths(view, watch);
  paths.emplace_back("/proc");
  for (const std::string& path : paths)
    if (!allow(rules.get(), path)) return tl::unexpected(last_system_error("Landlock: " + path));
  watch.seal();
  return Landlock(std::move(rules));
}

bool Landlock::confine_self() const {
  return syscall(SYS_landlock_restrict_self, rules_.get(), 0U) == 0;
}

}  // namespace apiary
