#pragma once

#include <string>

#include "control/control_protocol.h"

namespace apiary {

/// Options of `apiary top`.
struct TopOptions {
  std::string socket = default_control_path;
  bool once = false;  // print once and exit
};

/// Shows a daemon's activity, every second, until `q` or Ctrl-C. Returns the exit status: 1 if no
/// daemon answers.
int run_top(const TopOptions& options);

}  // namespace apiary
