#pragma once

#include <sys/resource.h>

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/token_bucket.h"
#include "posix/file_descriptor.h"
#include "sandbox/attempt_watcher.h"
#include "sandbox/launch.h"
#include "sandbox/private_folders.h"
#include "sandbox/refused_forks.h"
#include "sandbox/running_program.h"
#include "sandbox/sandbox_processes.h"
#include "sandbox/server_sandbox.h"

namespace apiary {

/// Process 1 of a sandbox: starts one program after another, reaps what they leave, holds them to
/// their limits, and cleans up between them. It ends when its spawner has closed its socket; the
/// kernel then ends all processes of the sandbox.
class SandboxInit {
 public:
  SandboxInit(FileDescriptor socket, const LaunchSettings& settings);
  [[noreturn]] void run();

 private:
  using Clock = std::chrono::steady_clock;
  // Rate limit of reported refusals: a program that tries without end would keep the daemon busy.
  static constexpr double attempt_burst = 50, attempts_per_second = 10;

  bool prepare();
  void wait_for_users();
  bool watch_children();
  bool prepare_mounts();
  bool clean_up();
  bool read_request();  // false: the spawner is gone
  void start(const DecodedRequest& request, const std::array<int, 3>& streams);
  void end(ProcessNumber number);
  void reap();
  bool prepare_group(const ServicePrivileges& privileges);
  bool limit_group(const ServicePrivileges& privileges);
  void change(const DecodedRequest& request);
  void set_demoted(bool is_demoted);
  void count_as(ProcessorLoad::State state) const;
  FileUser file_user(const DecodedRequest& request) const;
  void report_attempt();
  void report_refusal();
  void report_refused_forks(bool is_at_bound);
  bool ended_at_bound() const;
  void report_outbound_requests();
  void report(const Attempt& attempt);
  tl::expected<Launched, LaunchError> launch_program(const DecodedRequest& request,
                                                     const std::array<int, 3>& streams);
  void open_socket(const DecodedRequest& request);
  void answer_outbound_request(const DecodedRequest& request);
  void report_ports();
  void report_files();
  void on_exit(int wait_status, const rusage& used);
  void finish();
  void check_limits();
  void kill_for(ServiceLimit limit);
  int milliseconds_to_wait() const;
  void reply(const SpawnerReply& reply, int descriptor = -1);

  FileDescriptor socket_, child_signals_;
  LaunchSettings settings_;
  std::vector<char> packet_;
  SandboxProcesses processes_{settings_};
  PrivateFolders folders_{settings_.kept};
  std::optional<RunningProgram> program_;
  AttemptWatcher attempts_;              // of what runs
  std::optional<ServerSandbox> server_;  // of a subsystem
  RateLimiter attempt_rate_{attempt_burst, attempts_per_second};
  bool is_demoted_ = false;             // the control group
  std::chrono::microseconds quota_{0};  // the control group's; 0: none
  RefusedForks refused_forks_{group_bounds_forks(settings_) ? settings_.group : nullptr};
  const char* preparing_ = "";  // what prepare() was at
  std::string preparing_what_;  // the same, where it is composed
};

}  // namespace apiary
