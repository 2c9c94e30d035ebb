#pragma once

#include <sys/resource.h>

#include <chrono>
#include <cstdint>

#include "sandbox/cpu_budget.h"
#include "sandbox/processor_load.h"
#include "sandbox/program_limits.h"
#include "sandbox/program_protocol.h"
#include "sandbox/sandbox_usage.h"

namespace apiary {

/// The processor time of a process, in user and in kernel mode.
std::uint64_t cpu_milliseconds_of(const rusage& used);

/// Detects when a program exceeds its limits of time, processes and memory. Process 1 of its
/// sandbox reads its use: often at first, and less often while it uses little.
class ProgramWatch {
 public:
  using Clock = std::chrono::steady_clock;

  /// Watches a program that starts `now`. `reads_usage`: the sandbox has a /proc of its own.
  ProgramWatch(const ProgramLimits& limits, bool reads_usage, ProcessorLoad* load,
               Clock::time_point now);

  /// Other limits from now on. What it has used still counts.
  void change(const ProgramLimits& limits, Clock::time_point now);

  /// The limit that the program exceeds; none: it exceeds none.
  ServiceLimit exceeded(Clock::time_point now);
  /// Whether it had used up its CpuBudget at the last exceeded(), and should be demoted.
  /// `usage()` has its threads.
  bool is_busy() const { return budget_.is_spent(); }
  const SandboxUsage& usage() const { return usage_; }
  /// Whether it had as many processes and threads as it may when that was last read.
  bool is_at_bound() const { return is_bound(usage_.threads.size()); }
  bool is_bound(std::size_t tasks) const { return tasks >= limits_.processes; }

  /// When to call exceeded() next.
  Clock::time_point next() const;
  void stop() { end_of_time_ = next_check_ = Clock::time_point::max(); }

 private:
  void update_budget(Clock::time_point now);

  ProgramLimits limits_;
  Clock::time_point began_, end_of_time_, next_check_;
  Clock::duration check_interval_;
  std::uint64_t other_cpu_milliseconds_;  // of what is no program, before it started
  SandboxUsage usage_;
  ProcessorLoad* shared_load_;  // null: not counted
  LoadMeter meter_;
  std::uint64_t used_cpu_milliseconds_ = 0;
  CpuBudget budget_;
};

}  // namespace apiary
