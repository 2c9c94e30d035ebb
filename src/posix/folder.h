#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "posix/system_error.h"

namespace apiary {

/// The folder that holds `path`; "." if the path names none.
std::string folder_of(const std::string& path);

struct FolderOwner {
  uid_t user = 0;
  gid_t group = 0;
};

/// Makes `folder` and those above it that are missing, for `owner`; nothing: for us. Returns the
/// folders that it made, outermost first. Errors: something else is in the way, or the system
/// refuses; then no folder is left that was not there before.
tl::expected<std::vector<std::string>, SystemError> make_folder(
    const std::string& folder, const std::optional<FolderOwner>& owner = {});

}  // namespace apiary
