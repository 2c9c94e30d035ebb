#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "posix/system_error.h"

namespace apiary {

/// Files that servers expect beyond those that programs in sandboxes see: the folders that their
/// packages made for them in /run and /var, and the system accounts, by name.
struct ServerFiles {
  std::vector<std::string> folders;  // "/var/log/nginx"; without what is in them
  std::string passwd, group;         // texts of /etc/passwd and /etc/group, without people
};

/// Reads those of the machine. Call it before entering a view.
ServerFiles read_server_files();

/// In the sandbox of a subsystem: mounts empty, writable and bounded file systems on /run and /var,
/// with those folders, open to all users of the sandbox. What the view shows in them stays visible.
/// Installs the accounts.
tl::expected<void, SystemError> mount_server_files(const ServerFiles& files);

}  // namespace apiary
