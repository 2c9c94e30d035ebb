#pragma once

#include <string>

namespace apiary {

/// The command line, the commands of apiary ctl and the words of the configuration language as
/// JSON, from which tools/generate makes manual pages, completion and syntax files.
std::string describe_program();

}  // namespace apiary
