#pragma once

#include <string>

#include "control/control_protocol.h"

namespace apiary {

/// What `apiary top` is told.
struct TopOptions {
  std::string socket = default_control_path;
  bool once = false;  // one picture, and leave
};

/// Shows what goes on at a daemon, anew each second, until `q` or Ctrl-C. Returns the exit status:
/// 1 when no daemon answers.
int run_top(const TopOptions& options);

}  // namespace apiary
