#pragma once

#include "daemon/event_sinks.h"

namespace apiary {

/// Ensures that `user` can write the files of `options` after the privileges are dropped: creates
/// missing files and folders for that user, and changes the owner of existing files, but not of
/// existing folders. Call it as root; otherwise it checks the rights of this process's user.
/// Error: a sentence that names file, folder and user, and the remedy; then it has created nothing.
tl::expected<void, std::string> prepare_event_files(const EventOptions& options,
                                                    const std::string& user);

}  // namespace apiary
