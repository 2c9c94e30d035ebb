#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "sandbox/cpu_budget.h"

namespace apiary {

/// The processor use of the programs of all sandboxes, in memory that process 1 of each shares with
/// the spawner.
class ProcessorLoad {
 public:
  enum class State : std::uint8_t {
    none,  // no program runs
    runs,
    demoted,  // gets what others leave
  };
  /// Of all processors: what all that are demoted get together where a control group holds them.
  /// The rest is free of what they do to caches and locks.
  static constexpr unsigned demoted_percent = 10;

  /// Shared by processes that are forked from now on; lives as long as they do. Null: no memory.
  static ProcessorLoad* make();

  /// Sets the state of the program of a sandbox. Numbers from 65,536 are not counted.
  void set(std::uint32_t sandbox, State state);
  void add(std::uint64_t amount) { __atomic_fetch_add(&used_, amount, __ATOMIC_RELAXED); }

  std::uint64_t used_milliseconds() const { return __atomic_load_n(&used_, __ATOMIC_RELAXED); }
  unsigned programs() const { return programs_in(State::runs) + programs_in(State::demoted); }
  /// The part of `period` that a demoted program may run.
  std::chrono::microseconds demoted_quota(std::chrono::microseconds period) const;

 private:
  unsigned programs_in(State state) const {
    return __atomic_load_n(&programs_[static_cast<std::size_t>(state)], __ATOMIC_RELAXED);
  }

  // Processes without threads share them. The state of a sandbox has one writer: its process 1, and
  // when that has ended the spawner.
  std::uint64_t used_ = 0;
  std::array<unsigned, 3> programs_{};  // in each state
  std::array<State, 65'536> states_{};
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
