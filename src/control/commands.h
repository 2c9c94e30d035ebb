#pragma once

#include "control/daemon_interface.h"

namespace apiary {

/// Carries out what a client of the control socket wants: one of the commands, else a statement of
/// the configuration language.
void execute_command(const ControlRequest& request, DaemonInterface& daemon,
                     const DaemonInterface::Reply& reply);

}  // namespace apiary
