#include "sandbox/user_namespace.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

#include "posix/file_descriptor.h"

namespace apiary {
namespace {

bool may(unsigned capability) {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, 2> sets{};
  if (syscall(SYS_capget, &header, sets.data()) != 0) return false;
  return (sets[capability / 32].effective & (1U << capability % 32)) != 0;
}

tl::expected<void, SystemError> write_map(const std::string& path, const std::string& text) {
  const FileDescriptor file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file || write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    return tl::unexpected(last_system_error(path));
  return {};
}

/// In the child that stays in the parent namespace: waits until its parent has left that.
[[noreturn]] void map_for_parent(int has_left, const std::vector<IdRange>& ids) {
  char byte = 0;
  if (read(has_left, &byte, 1) != 1) _exit(0);
  const auto mapped = map_ids(getppid(), ids);
  _exit(mapped ? 0 : mapped.error().number);
}

tl::expected<void, SystemError> leave(uid_t user, gid_t group) {
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
    return tl::unexpected(last_system_error("a user namespace"));
  if (auto done = write_map("/proc/self/setgroups", "deny"); !done) return done;
  if (auto done = write_map("/proc/self/uid_map", fmt::format("{0} {0} 1", user)); !done)
    return done;
  return write_map("/proc/self/gid_map", fmt::format("{0} {0} 1", group));
}

}  // namespace

std::vector<IdRange> merged(std::vector<IdRange> ids) {
  std::ranges::sort(ids, {}, &IdRange::first);
  std::vector<IdRange> result;
  for (const IdRange& range : ids) {
    const std::uint64_t end = std::uint64_t{range.first} + range.count;
    if (!result.empty() && range.first <= std::uint64_t{result.back().first} + result.back().count)
      result.back().count =
          std::max(result.back().count, static_cast<std::uint32_t>(end - result.back().first));
    else
      result.push_back(range);
  }
  return result;
}

bool may_map_ids() { return may(CAP_SETUID) && may(CAP_SETGID); }

bool may_make_namespaces() { return may(CAP_SYS_ADMIN); }

tl::expected<void, SystemError> map_ids(pid_t process, const std::vector<IdRange>& ids) {
  std::string map;
  for (const IdRange& range : merged(ids))
    map += fmt::format("{0} {0} {1}\n", range.first, range.count);
  const std::string folder = fmt::format("/proc/{}/", process);
  if (auto done = write_map(folder + "gid_map", map); !done) return done;
  return write_map(folder + "uid_map", map);
}

tl::expected<void, SystemError> enter_user_namespace(const std::vector<IdRange>& ids) {
  // A program with capabilities of its file, or that changed its user, may not write its own maps.
  prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
  if (!may_map_ids()) return leave(geteuid(), getegid());
  std::array<int, 2> pair{};
  if (pipe2(pair.data(), O_CLOEXEC) != 0) return tl::unexpected(last_system_error("pipe"));
  FileDescriptor reading(pair[0]), writing(pair[1]);
  const pid_t mapper = fork();
  if (mapper < 0) return tl::unexpected(last_system_error("fork"));
  if (mapper == 0) {
    writing.close();
    map_for_parent(reading.get(), ids);
  }
  const bool has_left = unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
  const int number = errno;
  if (has_left && write(writing.get(), "", 1) != 1)
    return tl::unexpected(last_system_error("pipe"));
  writing.close();
  int status = 0;
  while (waitpid(mapper, &status, 0) < 0 && errno == EINTR) {
  }
  if (!has_left) return tl::unexpected(SystemError{"a user namespace", number});
  if (status != 0) return tl::unexpected(SystemError{"map users", WEXITSTATUS(status)});
  return {};
}

}  // namespace apiary
