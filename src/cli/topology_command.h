#pragma once

#include <string>

#include "setup/load.h"

namespace apiary {

/// Options of `apiary topology`.
struct TopologyOptions {
  std::string configuration;
  std::string personalities = default_personalities_file;
  bool all = false;  // fold nothing
  bool dot = false;
  bool svg = false;
};

/// Prints the routers of a configuration and the networks behind them: as a tree, for Graphviz, or
/// as SVG. Returns the exit status. Needs no privilege.
int run_topology(const TopologyOptions& options);

}  // namespace apiary
