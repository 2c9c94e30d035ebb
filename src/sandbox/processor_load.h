#pragma once

#include <chrono>
#include <cstdint>

#include "sandbox/cpu_budget.h"

namespace apiary {

/// What the programs of all sandboxes use of processors, in memory that process 1 of each shares
/// with the spawner.
class ProcessorLoad {
 public:
  /// Shared by processes that are forked from now on; lives as long as they do. Null: no memory.
  static ProcessorLoad* make();

  void begin() { __atomic_fetch_add(&programs_, 1, __ATOMIC_RELAXED); }
  void end() { __atomic_fetch_sub(&programs_, 1, __ATOMIC_RELAXED); }
  void add(std::uint64_t amount) { __atomic_fetch_add(&used_, amount, __ATOMIC_RELAXED); }

  std::uint64_t used_milliseconds() const { return __atomic_load_n(&used_, __ATOMIC_RELAXED); }
  unsigned programs() const { return __atomic_load_n(&programs_, __ATOMIC_RELAXED); }

 private:
  // Processes without threads share them.
  std::uint64_t used_ = 0;
  unsigned programs_ = 0;
};

/// Measures the load, over a fifth of a second or more.
class LoadMeter {
 public:
  using Clock = std::chrono::steady_clock;

  /// `load` null: it is always zero. Else it outlives the meter.
  LoadMeter(const ProcessorLoad* load, Clock::time_point now);
  CpuLoad measure(Clock::time_point now);

 private:
  const ProcessorLoad* load_;
  Clock::time_point measured_;
  std::uint64_t used_ = 0;  // by all, then
  CpuLoad last_;
};

}  // namespace apiary
