#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/address_set.h"
#include "config/diagnostic.h"
#include "config/source_locations.h"
#include "honeynet/honeynet.h"

namespace apiary {

/// A program that a configuration runs, and the place of its statement. Paths are relative to the
/// directory of the configuration.
struct ScriptUse {
  std::string command;
  Span place;
  ServicePrivileges privileges{};  // from the template of the statement
  bool is_subsystem = false;       // a server, which has files in /etc
};

/// A proxy of a configuration, and the place of its statement.
struct ProxyUse {
  Proxy proxy;
  Span place;
};

/// The result of building a configuration without errors.
struct Configuration {
  std::shared_ptr<const Honeynet> honeynet;
  /// All bound and routed addresses, the default for the addresses to answer for. Without those of
  /// a route for every address (0.0.0.0/0).
  AddressSet addresses;
  std::vector<ScriptUse> scripts;  // in the order of the file
  std::vector<ProxyUse> proxies;   // in the order of the file
  Diagnostics remarks;             // warnings and notices, in the order of the file
  /// The source locations; null unless BuildSettings requests them.
  std::shared_ptr<const SourceLocations> origins{};
};

}  // namespace apiary
