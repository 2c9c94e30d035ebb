#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "base/address_set.h"
#include "config/diagnostic.h"
#include "config/parser.h"
#include "config/personality_catalogue.h"
#include "config/source_locations.h"
#include "config/statement.h"
#include "config/vendor_catalogue.h"
#include "honeynet/honeynet.h"

namespace apiary {

/// A program that a configuration runs, and where it says so. Relative paths are meant from the
/// directory of the configuration.
struct ScriptUse {
  std::string command;
  Span place;
  ServicePrivileges rights{};  // of the template that the statement is about
};

/// What a configuration without errors comes to.
struct Configuration {
  std::shared_ptr<const Honeynet> honeynet;
  /// All it binds and routes: the addresses to answer for when nobody says which. Of a route for
  /// every address (0.0.0.0/0), nothing.
  AddressSet addresses;
  std::vector<ScriptUse> scripts;  // in the order of the file
  Diagnostics remarks;             // all that are no errors, in the order of the file
  /// Where everything comes from; null unless BuildSettings asked for it.
  std::shared_ptr<const SourceLocations> origins{};
};

/// What a configuration is built with, besides its text.
struct BuildSettings {
  ParseSettings parsing{};
  Duration local_time_ahead{};               // of UTC; for `time between`
  const VendorCatalogue* vendors = nullptr;  // of network cards; null: none is known
  bool keeps_origins = false;
  bool allows_spoofing = false;  // else `spoof` does nothing, and gets a warning
};

/// Makes a honeynet of a configuration's text, or gives all its diagnostics, in the order of the
/// file, at least one of which is an error. They refer to `source`, which included files join.
tl::expected<Configuration, Diagnostics> build_configuration(SourceText& source,
                                                             const PersonalityCatalogue& catalogue,
                                                             const BuildSettings& settings = {});

}  // namespace apiary
