#include "posix/unix_listener.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "posix/folder.h"

namespace apiary {
namespace {

constexpr int waiting_clients = 128;

tl::expected<sockaddr_un, SystemError> unix_address_of(const std::string& path,
                                                       std::string_view name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path)
    return tl::unexpected(SystemError{fmt::format("the path of a {} has 1 to {} bytes: '{}'", name,
                                                  sizeof address.sun_path - 1, path)});
  std::copy(path.begin(), path.end(), address.sun_path);
  return address;
}

bool bind_with_mode(const FileDescriptor& socket, const sockaddr_un& address, mode_t mode) {
  const mode_t before = umask(0777 & ~mode);
  const int bound = bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const int trouble = errno;
  umask(before);
  errno = trouble;
  return bound == 0;
}

/// Explains why a socket could not be created at `path`.
SystemError why_not_made(SystemError error, const std::string& path, const UnixListenerSpec& spec) {
  const std::string folder = folder_of(path);
  if (error.number == ENOENT)
    return {fmt::format("{} {}: there is not a folder {}: create it, or name another path with {}",
                        spec.name, path, folder, spec.option)};
  if (error.number == ENOTDIR)
    return {fmt::format("{} {}: {} is not a folder: name another path with {}", spec.name, path,
                        folder, spec.option)};
  return error;
}

/// Removes an old socket at `path`, which exists.
tl::expected<void, SystemError> remove_stale(const std::string& path,
                                             const UnixListenerSpec& spec) {
  struct stat found {};
  if (lstat(path.c_str(), &found) == 0 && !S_ISSOCK(found.st_mode))
    return tl::unexpected(SystemError{fmt::format(
        "{} exists and is not a socket: name another path with {}", path, spec.option)});
  const auto running = connect_to_unix(path, spec.name);
  if (running || running.error().number == EAGAIN)  // the daemon's backlog is full
    return tl::unexpected(SystemError{fmt::format(
        "another daemon listens at {}: choose another path with {}", path, spec.option)});
  if (running.error().number != ECONNREFUSED) return tl::unexpected(running.error());
  if (unlink(path.c_str()) != 0)
    return tl::unexpected(last_system_error(fmt::format("removing the dead socket {}", path)));
  return {};
}

}  // namespace

tl::expected<UnixListener, SystemError> UnixListener::listen_at(const std::string& path,
                                                                const UnixListenerSpec& spec) {
  const auto address = unix_address_of(path, spec.name);
  if (!address) return tl::unexpected(address.error());
  FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return tl::unexpected(last_system_error("creating a " + spec.name));
  // Only its owner may connect until the group is set.
  const mode_t first_mode = spec.group ? 0600 : spec.mode;
  bool bound = bind_with_mode(socket, *address, first_mode);
  if (!bound && errno == EADDRINUSE) {
    if (const auto removed = remove_stale(path, spec); !removed)
      return tl::unexpected(removed.error());
    bound = bind_with_mode(socket, *address, first_mode);
  }
  if (!bound)
    return tl::unexpected(why_not_made(
        last_system_error(fmt::format("creating the {} {}", spec.name, path)), path, spec));
  UnixListener listener(std::move(socket), path, file_id_of(path));
  const bool is_shared =
      !spec.group || (lchown(path.c_str(), static_cast<uid_t>(-1), *spec.group) == 0 &&
                      chmod(path.c_str(), spec.mode) == 0);
  if (!is_shared)
    return tl::unexpected(
        last_system_error(fmt::format("giving the {} {} to its group", spec.name, path)));
  if (listen(listener.descriptor(), waiting_clients) != 0)
    return tl::unexpected(
        last_system_error(fmt::format("listening at the {} {}", spec.name, path)));
  return listener;
}

UnixListener::~UnixListener() {
  if (socket_ && file_ && file_id_of(path_) == file_) unlink(path_.c_str());
}

tl::expected<FileDescriptor, SystemError> connect_to_unix(const std::string& path,
                                                          std::string_view name) {
  const auto address = unix_address_of(path, name);
  if (!address) return tl::unexpected(address.error());
  FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket ||
      connect(socket.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0)
    return tl::unexpected(last_system_error(fmt::format("connecting to {}", path)));
  return socket;
}

}  // namespace apiary
