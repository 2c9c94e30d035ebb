#pragma once

#include <string>

namespace apiary {

/// The texts of the scripts that the words of `command` name, relative to `folder`, one after the
/// other; at most 64 KiB of each. Empty if none can be read.
std::string command_text(const std::string& command, const std::string& folder);

}  // namespace apiary
