#pragma once

#include <grp.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace apiary {

/// Runs `work` in a child process with the permissions of `account`, as after dropping privileges;
/// nullptr: in this process. `work` returns an errno, 0 for success, and may only make system
/// calls. Returns that errno, or that of fork() or setuid().
template <class Work>
int as_user(const passwd* account, const Work& work) {
  if (account == nullptr) return work();
  const pid_t child = fork();
  if (child < 0) return errno;
  if (child == 0) {
    const bool is_user =
        setgroups(0, nullptr) == 0 && setgid(account->pw_gid) == 0 && setuid(account->pw_uid) == 0;
    _exit(is_user ? work() : errno);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD;
}

}  // namespace apiary
