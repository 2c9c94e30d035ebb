#pragma once

#include <string>

namespace apiary {

/// Describes the command line, the commands of apiary ctl and the configuration language as JSON.
/// From it, tools/generate makes manual pages, completion and syntax files.
std::string describe_program();

}  // namespace apiary
