#pragma once

#include <string>
#include <vector>

#include "config/build.h"

namespace apiary {

/// Sentences about the programs that `scripts` name and that `user` cannot start from `directory`:
/// not there, not executable, in a folder closed to that user. Only when root is it known what
/// another user may do.
std::vector<std::string> missing_programs(const std::vector<ScriptUse>& scripts,
                                          const std::string& directory, const std::string& user);

}  // namespace apiary
