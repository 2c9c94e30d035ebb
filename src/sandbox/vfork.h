#pragma once

#include <sys/types.h>

namespace apiary {

/// Calls `function` in a child, as vfork(2) does: no page table is copied, the child shares our
/// memory, and we wait until it executes a program or ends. The child does not return: it calls
/// execve(2) or _exit(2). `flags`: more of clone(2). Returns its process id, or -1 and errno. Not
/// for two threads of a process at a time, nor from within `function`.
pid_t vfork_into(int (*function)(void*), void* argument, int flags = 0);

}  // namespace apiary
