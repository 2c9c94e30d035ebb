#pragma once

#include <sys/types.h>

#include <string>
#include <tl/expected.hpp>

#include "posix/system_error.h"
#include "posix/file_descriptor.h"

namespace apiary {

struct SpawnerSettings {
  std::string directory = ".";  ///< of the configuration: where services run, their HONEYD_HOME
  std::string user = "nobody";  ///< whom services run as, when we are root
};

/// A small process of our own that starts the services' processes, so that the daemon, large and
/// privileged, never forks. When this object goes, by death of the daemon too, the process kills
/// every service it started and exits.
class Spawner {
 public:
  /// Forks it. Call it at the very start: before any thread, event base or device exists, for it
  /// must inherit nothing. Errors: no such directory, no such user (as root), no more processes.
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
