#pragma once

#include <sys/resource.h>

#include <array>
#include <chrono>
#include <optional>
#include <vector>

#include "base/token_bucket.h"
#include "posix/file_descriptor.h"
#include "sandbox/attempt_watcher.h"
#include "sandbox/launch.h"
#include "sandbox/sandbox_usage.h"

namespace apiary {

/// Process 1 of a sandbox: starts one program after another, reaps what they leave, holds them to
/// their limits, and cleans up between them. It ends when its spawner has closed its socket, and
/// with it ends, by the kernel, whatever runs in the sandbox.
class SandboxInit {
 public:
  SandboxInit(FileDescriptor socket, const LaunchSettings& settings);
  [[noreturn]] void run();

 private:
  using Clock = std::chrono::steady_clock;
  // Reported of what is refused; a program that tries without end would keep the daemon busy.
  static constexpr double attempt_burst = 50, attempts_per_second = 10;
  struct Program {
    ProcessNumber number;
    pid_t process = 0;
    ProgramLimits limits;
    Clock::time_point end_of_time, next_check, kill_at = Clock::time_point::max();
    Clock::duration check_interval;
    std::uint64_t ended_cpu_milliseconds = 0;  // of processes that have ended before it started
    uid_t user = 0;
    bool has_exited = false;                  // what it forked may still run
    bool is_ending = false;                   // SIGTERM was sent
    bool is_killed = false;                   // by us
    ServiceLimit limit = ServiceLimit::none;  // that it was killed for
  };

  bool prepare();
  bool become_init_user();
  bool prepare_mounts();
  bool empty_private_folders();
  bool has_private_files() const;
  void signal_all(int number);
  bool renew();
  bool read_request();  // false: the spawner is gone
  void start(const DecodedRequest& request, const std::array<int, 3>& streams);
  void end(ProcessNumber number);
  void reap();
  void report_attempt();
  void on_exit(int wait_status, const rusage& used);
  void finish();
  void check_time();
  void kill_for(ServiceLimit limit);
  void make_idle(const SandboxUsage& usage);
  template <class Action>
  pid_t fork_as_program_user(Action action) const;
  int milliseconds_to_wait() const;
  void reply(const SpawnerReply& reply);

  FileDescriptor socket_, child_signals_;
  LaunchSettings settings_;
  std::vector<char> packet_;
  std::optional<Program> program_;
  AttemptWatcher attempts_;  // of what runs
  RateLimiter attempt_rate_{attempt_burst, attempts_per_second};
  std::uint64_t private_files_ = 0;  // in the private folders, when they are empty
  const char* preparing_ = "";       // what prepare() was at
};

}  // namespace apiary
