#pragma once

#include <sys/types.h>

#include <string>
#include <tl/expected.hpp>

#include "posix/file_descriptor.h"
#include "posix/system_error.h"

namespace apiary {

struct SpawnerSettings {
  std::string directory = ".";  ///< the configuration's: where services run; their HONEYD_HOME
  std::string user = "nobody";  ///< the user that services run as if the daemon is root
};

/// A small process that starts the services' processes, so that the daemon, large and privileged,
/// never forks. When this object is destroyed or the daemon dies, the process kills every service
/// that it started and exits.
class Spawner {
 public:
  /// Forks the process. Call it before any thread, event base or device exists: the process must
  /// inherit none. Errors: no such directory, no such user (as root), no more processes.
  static tl::expected<Spawner, SystemError> start(const SpawnerSettings& settings);

  Spawner(Spawner&&) noexcept = default;
  Spawner& operator=(Spawner&&) = delete;
  ~Spawner();  ///< waits until it has ended

  int socket() const { return socket_.get(); }  ///< non-blocking; see spawner_protocol.h
  pid_t process() const { return process_; }
  const std::string& directory() const { return directory_; }  ///< absolute

 private:
  Spawner(FileDescriptor socket, pid_t process, std::string directory)
      : socket_(std::move(socket)), process_(process), directory_(std::move(directory)) {}

  FileDescriptor socket_;
  pid_t process_;
  std::string directory_;
};

}  // namespace apiary
