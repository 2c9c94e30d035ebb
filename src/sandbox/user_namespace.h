#pragma once

#include <sys/types.h>

#include <cstdint>
#include <tl/expected.hpp>
#include <vector>

#include "posix/system_error.h"

namespace apiary {

/// Users and groups that a user namespace has (user_namespaces(7)). Each means the same inside as
/// outside.
struct IdRange {
  std::uint32_t first = 0, count = 1;
  bool operator==(const IdRange&) const = default;
};

/// The same ids, in order and without overlap, as the kernel wants them.
std::vector<IdRange> merged(std::vector<IdRange> ids);

/// Whether this process may give a user namespace more ids than its own: CAP_SETUID and
/// CAP_SETGID.
bool may_map_ids();
/// Whether this process may make namespaces without a user namespace: CAP_SYS_ADMIN.
bool may_make_namespaces();

/// Gives the user namespace of `process`, a child in a user namespace just made, these users and
/// groups. Only for a process that may_map_ids(), with a /proc.
tl::expected<void, SystemError> map_ids(pid_t process, const std::vector<IdRange>& ids);

/// Puts the calling process, which must have no threads, into a user namespace of its own and a
/// mount namespace in it, with all capabilities there and none outside. It has the ids given; or,
/// if the process may not map those, its own user and group only. Other processes of its user may
/// trace it afterwards (PR_SET_DUMPABLE). Errors: this machine or container does not let us.
tl::expected<void, SystemError> enter_user_namespace(const std::vector<IdRange>& ids);

}  // namespace apiary
