#pragma once

#include "control/controlled.h"

namespace apiary {

/// Carries out what a client of the control socket wants: one of the commands, else a statement of
/// the configuration language.
void carry_out(const ControlRequest& request, Controlled& daemon, const Controlled::Reply& reply);

}  // namespace apiary
