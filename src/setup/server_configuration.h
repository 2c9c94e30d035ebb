#pragma once

#include <set>
#include <string>

namespace apiary {

/// The absolute paths that a server's configuration names outside of comments: a file, or a folder
/// with all files in it. Without those that do not exist, that everybody's programs have, that only
/// their owner may read, and that servers write.
std::set<std::string> paths_in_configuration(const std::string& path);

}  // namespace apiary
