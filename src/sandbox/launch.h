#pragma once

#include <sys/types.h>

#include <array>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "posix/file_descriptor.h"
#include "sandbox/namespaces.h"
#include "sandbox/program_limits.h"
#include "sandbox/program_protocol.h"
#include "sandbox/seccomp_filter.h"
#include "sandbox/server_files.h"
#include "sandbox/user_namespace.h"

namespace apiary {

class Landlock;
class ProcessorLoad;
class SandboxGroup;

/// The PATH of services, in which their programs are found.
inline constexpr char service_path[] =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The user and group that a service runs as.
struct ServiceUser {
  uid_t user = 0;
  gid_t group = 0;
};

/// The users and groups of a sandbox in a user namespace of its own.
struct SandboxUsers {
  ServiceUser init;          // process 1; never root
  std::vector<IdRange> ids;  // all that it and its programs can become
};

/// How the programs of one sandbox are started.
struct LaunchSettings {
  // Of its own. A user namespace only if there are `own_users`. Without any, only user, resource
  // limits, seccomp filter and Landlock hold the program.
  Namespaces namespaces = all_namespaces;
  std::string directory;  // where they run; absolute
  // They run as this user, unless their template names one. None: as this process, which is not
  // root.
  std::optional<ServiceUser> user{};
  bool has_own_user = false;              // no other sandbox has `user`, and no other process
  std::optional<uid_t> idle_user{};       // that no process has
  const SeccompFilter* filter = nullptr;  // null: none
  std::vector<std::string> kept{};        // kept_paths() of the view
  const Landlock* landlock = nullptr;     // null: none
  const SandboxGroup* group = nullptr;    // null: none
  ProcessorLoad* load = nullptr;          // of all sandboxes; null: not counted
  std::uint32_t number = 0;               // of the sandbox, among those of the spawner
  // It has a user namespace of its own with these. None: it shares ours.
  std::optional<SandboxUsers> own_users{};
  // The sandbox is that of a subsystem, with these files. Only with server_namespaces. Null: it is
  // not.
  const ServerFiles* server = nullptr;
  // Its program has CAP_NET_BIND_SERVICE, over that network alone, as it could not use all ports
  // otherwise.
  bool needs_bind_capability = false;

  /// Whether /proc has its processes and no others.
  bool has_own_proc() const { return namespaces.has(CLONE_NEWPID | CLONE_NEWNS); }
};

struct LaunchError {
  StartStep step = StartStep::program;
  int number = 0;  // errno
};

/// A program that runs.
struct Launched {
  pid_t process = 0;
  FileDescriptor attempts{};  // for an AttemptWatcher; none: the filter decides alone
};

/// Whether the control group of the sandbox refuses a program what exceeds its bound of processes,
/// and counts that. Process 1 must fork nothing beside the program then, as the bound would be its
/// own, too.
bool group_bounds_forks(const LaunchSettings& settings);

/// The user that the program runs as. Nothing: it stays who we are.
std::optional<ServiceUser> program_user(const LaunchSettings& settings,
                                        const ServicePrivileges& privileges);

/// Starts a program with the given stdin, stdout and stderr. It leads a process group
/// of its own and has low priority and resource limits. Returns once it runs. The caller's PATH is
/// searched. Call it only in a process without threads whose other descriptors close on execve().
tl::expected<Launched, LaunchError> launch(const LaunchSettings& settings,
                                           const DecodedRequest& request,
                                           const std::array<int, 3>& streams);

}  // namespace apiary
