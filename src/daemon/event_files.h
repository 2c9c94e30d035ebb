#pragma once

#include "daemon/event_sinks.h"

namespace apiary {

/// Sees to it that `user` can write the files of `options` when privileges are given up: makes what
/// files and folders are missing, for him, and gives him files that are another's; folders that
/// exist stay whose they are. To be called as root; otherwise it looks after our own rights.
/// Error: a sentence that names file, folder and user, and what to do; then nothing was made.
tl::expected<void, std::string> prepare_event_files(const EventOptions& options,
                                                    const std::string& user);

}  // namespace apiary
