#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

#include "posix/file_descriptor.h"
#include "service/launch.h"
#include "service/spawner_protocol.h"

namespace apiary {

/// The program of the spawner: it starts processes, waits for them and ends them until the daemon
/// is gone. It may block, as only services wait for it.
class SpawnerProcess {
 public:
  SpawnerProcess(FileDescriptor socket, const LaunchSettings& settings);
  /// Returns when the daemon has closed its side and every service is killed.
  void run();

 private:
  using Clock = std::chrono::steady_clock;
  struct Child {
    pid_t process = 0;       // id of the process and its group; not reused until it is reaped
    FileDescriptor watched;  // its pidfd; none once its exit was reported
    bool is_ending = false;
    bool is_killed = false;  // by kill_overdue()
  };
  struct Overdue {
    Clock::time_point when;
    ProcessNumber process;
  };

  bool read_request();  // false: the daemon is gone
  void start(const DecodedRequest& request, const std::array<int, 3>& streams);
  void end(ProcessNumber number);
  void on_exit(ProcessNumber number);
  void remove(ProcessNumber number);
  void kill_overdue();
  void kill_all();
  int milliseconds_to_wait() const;
  void reply(const SpawnerReply& reply);

  FileDescriptor socket_, epoll_;
  LaunchSettings settings_;
  std::vector<char> packet_;
  std::unordered_map<std::uint64_t, Child> children_;
  std::deque<Overdue> ending_;  // by time
};

}  // namespace apiary
