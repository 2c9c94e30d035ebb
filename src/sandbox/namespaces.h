#pragma once

#include <sched.h>

#include <string>
#include <vector>

#include "sandbox/user_namespace.h"

namespace apiary {

/// Kinds of namespaces (namespaces(7)).
struct Namespaces {
  unsigned long flags = 0;  // CLONE_NEW* of clone(2)

  bool has(unsigned long kinds) const { return (flags & kinds) == kinds; }
  bool empty() const { return flags == 0; }
  Namespaces without(Namespaces others) const { return {flags & ~others.flags}; }
  bool operator==(const Namespaces&) const = default;
};

/// Those of a sandbox.
inline constexpr Namespaces all_namespaces{CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWPID |
                                           CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS |
                                           CLONE_NEWCGROUP};
/// Without these a subsystem has no network of its own.
inline constexpr Namespaces server_namespaces{CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWNS};

/// "network and process namespaces"; empty for none.
std::string describe(Namespaces kinds);

/// What the machine does not give.
struct RefusedNamespaces {
  Namespaces kinds;
  int number = 0;  // errno of the first
};

/// Tries each kind of `wanted` by a child process that ends immediately. Without CAP_SYS_ADMIN,
/// each is tried in a user namespace with `ids`. A mount namespace in which we may mount nothing
/// counts as refused.
RefusedNamespaces find_refused_namespaces(Namespaces wanted, const std::vector<IdRange>& ids);

}  // namespace apiary
