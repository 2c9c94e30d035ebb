#pragma once

#include <string>
#include <vector>

#include "config/build.h"

namespace apiary {

/// A program that cannot be started, and the reason as a sentence.
struct MissingProgram {
  Span place;
  std::string sentence;
};

/// The programs of `scripts` that `user`, or the user of their template, cannot start from
/// `directory`: missing, not executable, or in a folder that this user may not enter. Services
/// start in a directory that root has opened, so folders above it need not be open to them. Only
/// root knows what another user may do.
std::vector<MissingProgram> missing_programs(const std::vector<ScriptUse>& scripts,
                                             const std::string& directory, const std::string& user);

}  // namespace apiary
