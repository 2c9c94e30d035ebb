#pragma once

#include <string>

#include "setup/load.h"

namespace apiary {

/// Options of `apiary topology`.
struct TopologyOptions {
  std::string configuration;
  std::string personalities = default_personalities_file;
  bool all = false;  // unfolded, however large it is
  bool dot = false;
  bool svg = false;
};

/// Prints the routers of a configuration and what is behind them: as a tree, for Graphviz, or as a
/// picture. Returns the exit status. Needs no privilege.
int run_topology(const TopologyOptions& options);

}  // namespace apiary
