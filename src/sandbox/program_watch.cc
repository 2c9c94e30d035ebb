#include "sandbox/program_watch.h"

#include <algorithm>

#include "sandbox/shared_mappings.h"

namespace apiary {
namespace {

constexpr std::chrono::milliseconds first_check{100}, max_check_interval{2000};

// A program that used more processor time than this gets what others leave.
constexpr std::uint64_t free_cpu_milliseconds = 500;
// A server, which runs long, may use this share of the time since its start in addition.
constexpr std::uint64_t free_cpu_divisor = 20;

/// Of all processes that this one has waited for.
std::uint64_t children_cpu_milliseconds() {
  rusage used{};
  getrusage(RUSAGE_CHILDREN, &used);
  return cpu_milliseconds_of(used);
}

}  // namespace

std::uint64_t cpu_milliseconds_of(const rusage& used) {
  const auto milliseconds = [](const timeval& time) {
    return static_cast<std::uint64_t>(time.tv_sec * 1000 + time.tv_usec / 1000);
  };
  return milliseconds(used.ru_utime) + milliseconds(used.ru_stime);
}

ProgramWatch::ProgramWatch(const ProgramLimits& limits, bool reads_usage, Clock::time_point now)
    : limits_(limits),
      begun_(now),
      end_of_time_(now + std::chrono::seconds(limits.wall_seconds)),
      next_check_(reads_usage ? now + first_check : Clock::time_point::max()),
      check_interval_(first_check),
      ended_cpu_milliseconds_(children_cpu_milliseconds()) {}

ServiceLimit ProgramWatch::exceeded(Clock::time_point now) {
  is_busy_ = false;
  if (now >= end_of_time_) return ServiceLimit::wall_time;
  if (now < next_check_) return ServiceLimit::none;
  usage_ = sandbox_usage();
  if (usage_.processes > limits_.processes) return ServiceLimit::processes;
  if (limits_.is_server) usage_.private_bytes += shared_mapping_bytes();
  if (usage_.private_bytes > limits_.memory_bytes) return ServiceLimit::memory;
  std::uint64_t free = free_cpu_milliseconds;
  if (limits_.is_server)
    free += static_cast<std::uint64_t>(
                std::chrono::duration_cast<std::chrono::milliseconds>(now - begun_).count()) /
            free_cpu_divisor;
  is_busy_ = usage_.cpu_milliseconds + children_cpu_milliseconds() - ended_cpu_milliseconds_ > free;
  const bool uses_little =
      usage_.processes <= limits_.processes / 2 && usage_.private_bytes <= limits_.memory_bytes / 4;
  check_interval_ = uses_little ? std::min<Clock::duration>(check_interval_ * 2, max_check_interval)
                                : Clock::duration(first_check);
  next_check_ = now + check_interval_;
  return ServiceLimit::none;
}

ProgramWatch::Clock::time_point ProgramWatch::next() const {
  return std::min(end_of_time_, next_check_);
}

}  // namespace apiary
