#pragma once

#include <sys/resource.h>

#include <chrono>
#include <cstdint>

#include "sandbox/program_limits.h"
#include "sandbox/program_protocol.h"
#include "sandbox/sandbox_usage.h"

namespace apiary {

/// Of a process: in user and in kernel mode.
std::uint64_t cpu_milliseconds_of(const rusage& used);

/// Says when a program exceeds its limits of time, processes and memory. In its sandbox, process 1
/// reads what it uses: often at first, and less often while it uses little.
class ProgramWatch {
 public:
  using Clock = std::chrono::steady_clock;

  /// Of a program that starts `now`. `reads_usage`: the sandbox has a /proc of its own.
  ProgramWatch(const ProgramLimits& limits, bool reads_usage, Clock::time_point now);

  /// The limit that the program exceeds; none: it exceeds none.
  ServiceLimit exceeded(Clock::time_point now);
  /// Whether it used so much processor time that it is to get what others leave. `usage()` says
  /// by which threads. Valid after exceeded().
  bool is_busy() const { return is_busy_; }
  const SandboxUsage& usage() const { return usage_; }

  /// When exceeded() is to be called next.
  Clock::time_point next() const;
  void stop() { end_of_time_ = next_check_ = Clock::time_point::max(); }

 private:
  ProgramLimits limits_;
  Clock::time_point begun_;
  Clock::time_point end_of_time_, next_check_;
  Clock::duration check_interval_;
  std::uint64_t ended_cpu_milliseconds_;  // of processes that have ended before it started
  SandboxUsage usage_;
  bool is_busy_ = false;
};

}  // namespace apiary
