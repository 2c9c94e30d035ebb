#pragma once

#include <sys/types.h>

#include <array>
#include <optional>
#include <tl/expected.hpp>

#include "service/spawner_protocol.h"

namespace apiary {

/// The PATH of services, in which their programs are found.
inline constexpr char service_path[] =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The user that a service runs as.
struct ServiceUser {
  uid_t user;
  gid_t group;
};

/// Settings common to all services.
struct LaunchSettings {
  int directory = -1;  // open; where services run
  // User of services whose templates name none. Nothing: this process may not change its user.
  std::optional<ServiceUser> user;
};

struct LaunchError {
  StartStep step = StartStep::program;
  int number = 0;  // errno
};

/// Starts a program with the given stdin, stdout and stderr and no other open descriptor. It leads
/// a session and process group of its own and has low priority and resource limits. Returns its
/// process id once it runs. The caller's PATH is searched. Call it only in a process without
/// threads.
tl::expected<pid_t, LaunchError> launch(const LaunchSettings& settings,
                                        const DecodedRequest& request,
                                        const std::array<int, 3>& streams);

}  // namespace apiary
