#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "posix/file_descriptor.h"
#include "posix/file_id.h"
#include "posix/system_error.h"

namespace apiary {

/// The properties of a listening Unix socket.
struct UnixListenerSpec {
  std::string name;    // "control socket", for messages
  std::string option;  // "--control PATH", which names another path
  mode_t mode = 0600;
  std::optional<gid_t> group{};  // of the file; nothing: this process's
};

/// A listening Unix stream socket. Its destructor removes the file, if permitted and if it is still
/// this socket's.
class UnixListener {
 public:
  /// Listens at `path`, and replaces a socket at which nobody listens. Call it while there is a
  /// single thread, as it changes the umask temporarily. Errors: somebody listens there; another
  /// file is there; no such folder, no permission; a path of more than 107 bytes.
  static tl::expected<UnixListener, SystemError> listen_at(const std::string& path,
                                                           const UnixListenerSpec& spec);
  UnixListener(UnixListener&&) noexcept = default;
  UnixListener& operator=(UnixListener&&) = delete;
  ~UnixListener();

  int descriptor() const { return socket_.get(); }  ///< non-blocking
  const std::string& path() const { return path_; }

 private:
  UnixListener(FileDescriptor socket, std::string path, std::optional<FileId> file)
      : socket_(std::move(socket)), path_(std::move(path)), file_(file) {}

  FileDescriptor socket_;
  std::string path_;
  std::optional<FileId> file_;
};

/// Connects to the socket at `path`. `name` is for messages. Errors: nobody listens there.
tl::expected<FileDescriptor, SystemError> connect_to_unix(const std::string& path,
                                                          std::string_view name);

}  // namespace apiary
