#include "sandbox/vfork.h"

#include <sched.h>

#include <array>
#include <csignal>
#include <cstddef>

namespace apiary {

pid_t vfork_into(int (*function)(void*), void* argument, int flags) {
  alignas(16) static std::array<std::byte, 65'536> stack;
  return clone(function, stack.data() + stack.size(), CLONE_VM | CLONE_VFORK | SIGCHLD | flags,
               argument);
}

}  // namespace apiary
