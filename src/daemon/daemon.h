/// daemon/: the running daemon: starting, the shards and their loops, reloads, following the
/// machine, events on their way to the sinks, exit.
#pragma once

#include "daemon/run_options.h"

namespace apiary {

/// Runs the daemon until SIGINT or SIGTERM. Returns the exit status: 0; or 1 if it could not start,
/// or if an interface was removed and `exit_if_gone` is set. It has written the reason to stderr.
int run_daemon(const RunOptions& options);

}  // namespace apiary
