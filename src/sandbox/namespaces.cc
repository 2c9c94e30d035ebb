#include "sandbox/namespaces.h"

#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "posix/file_descriptor.h"
#include "sandbox/sandbox_group.h"

namespace apiary {
namespace {

constexpr std::pair<unsigned long, const char*> names[] = {
    {CLONE_NEWUSER, "user"},    {CLONE_NEWNET, "network"}, {CLONE_NEWPID, "process"},
    {CLONE_NEWNS, "mount"},     {CLONE_NEWIPC, "IPC"},     {CLONE_NEWUTS, "host name"},
    {CLONE_NEWCGROUP, "cgroup"}};

/// What a view begins with. 0, or an errno.
int try_mounts() {
  const bool done = mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                    mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID, "size=4k") == 0;
  return done ? 0 : errno;
}

/// The result of `attempt`, 0 or an errno, in a child process with namespaces of its own.
template <typename Attempt>
int try_in_child(unsigned long flags, const Attempt& attempt) {
  std::array<int, 2> pair{};
  if (pipe2(pair.data(), O_CLOEXEC) != 0) return errno;
  const FileDescriptor reading(pair[0]);
  FileDescriptor writing(pair[1]);
  const pid_t child = fork_into_namespaces(flags);
  if (child < 0) return errno;
  if (child == 0) {
    const int number = attempt();
    _exit(write(writing.get(), &number, sizeof number) == sizeof number ? 0 : 1);
  }
  writing.close();
  int number = EPERM;  // it died
  [[maybe_unused]] const ssize_t size = read(reading.get(), &number, sizeof number);
  waitpid(child, nullptr, 0);
  return number;
}

RefusedNamespaces try_each(Namespaces wanted) {
  RefusedNamespaces refused;
  for (const auto& [kind, name] : names) {
    if (!wanted.has(kind)) continue;
    const bool has_users = wanted.has(CLONE_NEWUSER) && !refused.kinds.has(CLONE_NEWUSER);
    int number = try_in_child(kind | (has_users ? CLONE_NEWUSER : 0), [] { return 0; });
    // The view is made in the user namespace of the spawner.
    if (number == 0 && kind == CLONE_NEWNS) number = try_in_child(kind, try_mounts);
    if (number == 0) continue;
    refused.kinds.flags |= kind;
    if (refused.number == 0) refused.number = number;
  }
  return refused;
}

}  // namespace

std::string describe(Namespaces kinds) {
  std::string text;
  for (const auto& [kind, name] : names) {
    if (!kinds.has(kind)) continue;
    kinds.flags &= ~kind;
    text += (text.empty() ? "" : kinds.empty() ? " and " : ", ") + std::string(name);
  }
  return text.empty() ? text : text + " namespaces";
}

RefusedNamespaces find_refused_namespaces(Namespaces wanted, const std::vector<IdRange>& ids) {
  if (may_make_namespaces()) return try_each(wanted);
  RefusedNamespaces refused;
  std::array<int, 2> pair{};
  if (pipe2(pair.data(), O_CLOEXEC) != 0) return {wanted, errno};
  const FileDescriptor reading(pair[0]);
  FileDescriptor writing(pair[1]);
  const pid_t child = fork();
  if (child < 0) return {wanted, errno};
  if (child == 0) {
    const auto entered = enter_user_namespace(ids);
    refused = entered ? try_each(wanted) : RefusedNamespaces{wanted, entered.error().number};
    _exit(write(writing.get(), &refused, sizeof refused) == sizeof refused ? 0 : 1);
  }
  writing.close();
  if (read(reading.get(), &refused, sizeof refused) != sizeof refused) refused = {wanted, EPERM};
  waitpid(child, nullptr, 0);
  return refused;
}

}  // namespace apiary
