#pragma once

#include <string>
#include <vector>

#include "config/build.h"
#include "setup/service_policy.h"

namespace apiary {

/// A program that cannot be started, and the reason as a sentence.
struct MissingProgram {
  Span place;
  std::string sentence;
};

/// The programs of `scripts` that their users cannot start: missing, not executable, or in a folder
/// that this user may not enter. Only root knows what another user may do.
std::vector<MissingProgram> missing_programs(const std::vector<ScriptUse>& scripts,
                                             const ServicePolicy& policy);

}  // namespace apiary
