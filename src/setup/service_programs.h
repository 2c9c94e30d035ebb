#pragma once

#include <string>
#include <vector>

#include "config/build.h"

namespace apiary {

/// A program that cannot be started, and the sentence that says why.
struct MissingProgram {
  Span place;
  std::string sentence;
};

/// The programs that `scripts` name and that cannot be started from `directory` by `user`, or whom
/// their template names: not there, not executable, in a folder closed to that user. Services start
/// in a directory that root has opened, so folders above it need not be open to them. Only root
/// knows what another user may do.
std::vector<MissingProgram> missing_programs(const std::vector<ScriptUse>& scripts,
                                             const std::string& directory, const std::string& user);

}  // namespace apiary
