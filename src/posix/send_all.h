#pragma once

#include <string_view>

#include "posix/file_descriptor.h"

namespace apiary {

/// Sends `bytes` over a connected socket, with as many calls as it takes; SIGPIPE is never raised.
/// False: an error, or the timeout of SO_SNDTIMEO; see errno.
bool send_all(const FileDescriptor& socket, std::string_view bytes);

}  // namespace apiary
