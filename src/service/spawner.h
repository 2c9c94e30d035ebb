#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "posix/file_descriptor.h"
#include "posix/system_error.h"

namespace apiary {

/// Whether programs run if they cannot be contained.
enum class ContainMode : std::uint8_t {
  required,     // they do not start
  best_effort,  // they start, without namespaces that the machine refuses
  off,          // nothing else is tried
};

/// Users of our own, one for each program that runs: no file belongs to them, and no other process
/// has them. This range is beyond what distributions and systemd assign (systemd's UIDS-GIDS).
struct UserRange {
  std::uint32_t first = 2'000'000'000, count = 65'536;
};

/// Whether our user namespace has all of the range (user_namespaces(7)).
bool has_users(const UserRange& range);

struct SpawnerSettings {
  std::string directory = ".";  ///< of the configuration: where services run, their HONEYD_HOME
  std::string user{};  ///< all services run as this user, if we are root; empty: see `users`
  UserRange users{};
  std::vector<std::uint32_t> allowed_users{};  ///< templates may name these
  ContainMode contain = ContainMode::required;
};

/// A small process that starts the services' processes, so that the daemon, large and privileged,
/// never forks. When this object is destroyed or the daemon dies, the process kills every service
/// that it started and exits.
class Spawner {
 public:
  /// Forks it. Call it at the very start: before any thread, event base or device exists, for it
  /// must inherit nothing. Errors: no such directory, no such user, root as user, no more
  /// processes.
  static tl::expected<Spawner, SystemError> start(const SpawnerSettings& settings);

  /// Uses one that another service manager unit runs, at this Unix socket: see serve(). Programs
  /// run in `directory`. Errors: no such directory; nobody listens there.
  static tl::expected<Spawner, SystemError> connect(const std::string& path,
                                                    const std::string& directory);
  /// Serves the daemon at the other end of `socket` (SOCK_SEQPACKET) as its spawner until that
  /// closes it, then exits. Returns only errors: see start().
  static tl::expected<void, SystemError> serve(FileDescriptor socket,
                                               const SpawnerSettings& settings);

  Spawner(Spawner&&) noexcept = default;
  Spawner& operator=(Spawner&&) = delete;
  ~Spawner();  ///< waits until it has ended

  int socket() const { return socket_.get(); }  ///< non-blocking; see spawner_protocol.h
  pid_t process() const { return process_; }    ///< 0: it is no child of ours
  const std::string& directory() const { return directory_; }  ///< absolute

 private:
  Spawner(FileDescriptor socket, pid_t process, std::string directory)
      : socket_(std::move(socket)), process_(process), directory_(std::move(directory)) {}

  FileDescriptor socket_;
  pid_t process_;
  std::string directory_;
};

}  // namespace apiary
