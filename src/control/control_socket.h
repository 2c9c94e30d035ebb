#pragma once

#include <string>
#include <tl/expected.hpp>

#include "posix/file_descriptor.h"
#include "posix/system_error.h"

namespace apiary {

/// A listening Unix socket. Its destructor removes the file, if permitted.
class ControlSocket {
 public:
  /// Listens at `path`, for its owner only (mode 0600). Replaces the socket of a dead daemon. Call
  /// it while there is a single thread, as it changes the umask temporarily. Errors: another daemon
  /// listens there; another file is there; no such folder, no permission; a path of more than 107
  /// bytes.
  static tl::expected<ControlSocket, SystemError> listen_at(const std::string& path);
  ControlSocket(ControlSocket&&) noexcept = default;
  ControlSocket& operator=(ControlSocket&&) = delete;
  ~ControlSocket();

  int descriptor() const { return socket_.get(); }  ///< non-blocking
  const std::string& path() const { return path_; }

 private:
  ControlSocket(FileDescriptor socket, std::string path)
      : socket_(std::move(socket)), path_(std::move(path)) {}

  FileDescriptor socket_;
  std::string path_;
};

/// Connects to the daemon at `path`. Errors: none listens there.
tl::expected<FileDescriptor, SystemError> connect_to_control(const std::string& path);

}  // namespace apiary
