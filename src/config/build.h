#pragma once

#include <tl/expected.hpp>

#include "config/configuration.h"
#include "config/diagnostic.h"
#include "config/parser.h"
#include "config/personality_catalogue.h"
#include "config/template_draft.h"
#include "config/vendor_catalogue.h"

namespace apiary {

/// Inputs of a build other than the text.
struct BuildSettings {
  ParseSettings parsing{};
  Duration local_time_ahead{};               // offset from UTC; for `time between`
  const VendorCatalogue* vendors = nullptr;  // of network cards; null: none known
  bool keeps_origins = false;
  TemplatePermissions permissions{};
};

/// Builds a honeynet from a configuration's text. Error: all diagnostics in the order of the file,
/// at least one of them an error. They refer to `source`, to which included files are added.
tl::expected<Configuration, Diagnostics> build_configuration(SourceText& source,
                                                             const PersonalityCatalogue& catalogue,
                                                             const BuildSettings& settings = {});

}  // namespace apiary
