#pragma once

#include <sys/types.h>

#include <array>
#include <optional>
#include <tl/expected.hpp>

#include "service/spawner_protocol.h"

namespace apiary {

/// The PATH of the services, and where their programs are searched.
inline constexpr char service_path[] =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Whom a service runs as.
struct ServiceUser {
  uid_t user;
  gid_t group;
};

/// How every service is started.
struct LaunchSettings {
  int directory = -1;               // open; where services run
  // Whom services run as whose templates name nobody; none: whoever we are, as we may not change.
  std::optional<ServiceUser> user;
};

struct LaunchError {
  StartStep step = StartStep::program;
  int number = 0;  // errno
};

/// Starts a program with the given stdin, stdout and stderr and nothing else open, as leader of a
/// session and process group of its own, with little priority and bounded means. Returns its
/// process id once it runs. The program is searched in the PATH of the caller. Only for a process
/// without threads.
tl::expected<pid_t, LaunchError> launch(const LaunchSettings& settings,
                                        const DecodedRequest& request,
                                        const std::array<int, 3>& streams);

}  // namespace apiary
