#pragma once

#include <string>
#include <tl/expected.hpp>

#include "posix/unix_listener.h"

namespace apiary {

/// The daemon's listening socket for `apiary ctl`, for its owner only (mode 0600).
using ControlSocket = UnixListener;

/// Listens at `path`, as UnixListener::listen_at().
tl::expected<ControlSocket, SystemError> listen_for_control(const std::string& path);
/// Connects to the daemon at `path`. Errors: none listens there.
tl::expected<FileDescriptor, SystemError> connect_to_control(const std::string& path);

}  // namespace apiary
