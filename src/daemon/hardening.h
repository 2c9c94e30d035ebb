#pragma once

#include <tl/expected.hpp>

#include "posix/system_error.h"

namespace apiary {

/// Restricts the daemon itself, so that an attacker who takes it over can do little.

/// Makes the kernel end other processes before this one when memory runs out, where the machine
/// allows that (CAP_SYS_RESOURCE, or a service manager that did it before). Programs that it starts
/// inherit it.
void survive_memory_shortage();

/// After the start: no core dumps, no tracing by its own user, and no system call that it does not
/// need (SeccompFilter), in all threads. It has given up its privileges before. Errors: the kernel
/// has no seccomp.
tl::expected<void, SystemError> harden_process();

}  // namespace apiary
