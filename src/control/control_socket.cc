#include "control/control_socket.h"

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

constexpr int waiting_clients = 16;

tl::expected<sockaddr_un, SystemError> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path)
    return tl::unexpected(
        SystemError{fmt::format("the path of a control socket has 1 to {} bytes: '{}'",
                                sizeof address.sun_path - 1, path)});
  std::copy(path.begin(), path.end(), address.sun_path);
  return address;
}

bool bind_for_owner(const FileDescriptor& socket, const sockaddr_un& address) {
  const mode_t before = umask(0177);
  const int bound = bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const int trouble = errno;
  umask(before);
  errno = trouble;
  return bound == 0;
}

/// Explains why a socket could not be created at `path`.
SystemError why_not_made(SystemError error, const std::string& path) {
  const std::string folder = folder_of(path);
  if (error.number == ENOENT)
    return {
        fmt::format("control socket {}: there is not a folder {}: create it, or name another path "
                    "with --control PATH",
                    path, folder)};
  if (error.number == ENOTDIR)
    return {
        fmt::format("control socket {}: {} is not a folder: name another path with --control PATH",
                    path, folder)};
  return error;
}

/// Removes an old socket at `path`, which exists.
tl::expected<void, SystemError> remove_stale(const std::string& path) {
  struct stat found {};
  if (lstat(path.c_str(), &found) == 0 && !S_ISSOCK(found.st_mode))
    return tl::unexpected(SystemError{
        fmt::format("{} exists and is not a socket: name another path with --control PATH", path)});
  const auto living = connect_to_control(path);
  if (living || living.error().number == EAGAIN)  // the daemon's backlog is full
    return tl::unexpected(SystemError{fmt::format(
        "another daemon listens at {}: choose another path with --control PATH", path)});
  if (living.error().number != ECONNREFUSED) return tl::unexpected(living.error());
  if (unlink(path.c_str()) != 0)
    return tl::unexpected(last_system_error(fmt::format("removing the dead socket {}", path)));
  return {};
}

}  // namespace

tl::expected<ControlSocket, SystemError> ControlSocket::listen_at(const std::string& path) {
  const auto address = address_of(path);
  if (!address) return tl::unexpected(address.error());
  FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return tl::unexpected(last_system_error("creating a control socket"));
  bool bound = bind_for_owner(socket, *address);
  if (!bound && errno == EADDRINUSE) {
    if (const auto removed = remove_stale(path); !removed) return tl::unexpected(removed.error());
    bound = bind_for_owner(socket, *address);
  }
  if (!bound || listen(socket.get(), waiting_clients) != 0)
    return tl::unexpected(
        why_not_made(last_system_error("creating the control socket " + path), path));
  return ControlSocket(std::move(socket), path);
}

ControlSocket::~ControlSocket() {
  if (socket_) unlink(path_.c_str());
}

tl::expected<FileDescriptor, SystemError> connect_to_control(const std::string& path) {
  const auto address = address_of(path);
  if (!address) return tl::unexpected(address.error());
  FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket ||
      connect(socket.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0)
    return tl::unexpected(last_system_error(fmt::format("connecting to {}", path)));
  return socket;
}

}  // namespace apiary
