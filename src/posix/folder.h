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

/// Creates `folder` and missing folders above it, owned by `owner`; nothing: by this process's
/// user. Returns the created folders, outermost first. Errors: a file is in the way, or a system
/// call failed; then it has removed the folders that it created.
tl::expected<std::vector<std::string>, SystemError> make_folder(
    const std::string& folder, const std::optional<FolderOwner>& owner = {});

}  // namespace apiary
