#pragma once

#include "control/daemon_interface.h"

namespace apiary {

/// Executes a request of a client of the control socket: a command, else a statement of the
/// configuration language.
void execute_command(const ControlRequest& request, DaemonInterface& daemon,
                     const DaemonInterface::Reply& reply);

}  // namespace apiary
