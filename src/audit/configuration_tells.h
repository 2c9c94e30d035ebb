#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/audit_report.h"
#include "config/configuration.h"

namespace apiary {

/// A tell that a configuration shows by itself.
struct ConfigurationTell {
  std::string_view tell;  // "T18"
  Diagnostic diagnostic;
};

/// The texts of the files that a command names, as far as they can be read.
using CommandText = std::function<std::string(const std::string& command)>;

/// What `apiary check` warns of, and `apiary audit` reports, too. `configuration` must have its
/// origins.
std::vector<ConfigurationTell> configuration_tells(const Configuration& configuration,
                                                   const CommandText& text_of);

/// Adds them to `report` as warnings, where what was heard shows nothing worse.
void add_configuration_tells(AuditReport& report, const std::vector<ConfigurationTell>& found);

}  // namespace apiary
