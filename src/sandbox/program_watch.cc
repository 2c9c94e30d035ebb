#include "sandbox/program_watch.h"

#include <algorithm>

#include "sandbox/shared_mappings.h"

namespace apiary {
namespace {

constexpr std::chrono::milliseconds first_check{100}, max_check_interval{2000};
// Of one whose processor time is spent: reading what it uses would take time from others.
constexpr std::chrono::milliseconds spent_check_interval{1000};

/// Of all processes that this one has waited for, and its own: it works for what they attempt.
std::uint64_t other_cpu_milliseconds() {
  rusage ended{}, own{};
  getrusage(RUSAGE_CHILDREN, &ended);
  getrusage(RUSAGE_SELF, &own);
  return cpu_milliseconds_of(ended) + cpu_milliseconds_of(own);
}

}  // namespace

std::uint64_t cpu_milliseconds_of(const rusage& used) {
  const auto milliseconds_of = [](const timeval& time) {
    return static_cast<std::uint64_t>(time.tv_sec * 1000 + time.tv_usec / 1000);
  };
  return milliseconds_of(used.ru_utime) + milliseconds_of(used.ru_stime);
}

ProgramWatch::ProgramWatch(const ProgramLimits& limits, bool reads_usage, ProcessorLoad* load,
                           Clock::time_point now)
    : limits_(limits),
      began_(now),
      end_of_time_(now + std::chrono::seconds(limits.wall_seconds)),
      next_check_(reads_usage ? now + first_check : Clock::time_point::max()),
      check_interval_(first_check),
      other_cpu_milliseconds_(other_cpu_milliseconds()),
      shared_load_(load),
      meter_(load, now),
      budget_(now) {}

void ProgramWatch::change(const ProgramLimits& limits, Clock::time_point now) {
  limits_ = limits;
  end_of_time_ = began_ + std::chrono::seconds(limits.wall_seconds);
  if (next_check_ != Clock::time_point::max()) next_check_ = now;
}

/// The processor time of the program never falls. What it uses while it gets the rest is no load.
void ProgramWatch::update_budget(Clock::time_point now) {
  CpuUse use = usage_.cpu;
  use.ran += usage_.ended_cpu_milliseconds + other_cpu_milliseconds() - other_cpu_milliseconds_;
  const std::uint64_t before = used_cpu_milliseconds_;
  used_cpu_milliseconds_ = std::max(use.ran, before);
  if (shared_load_ != nullptr && !budget_.is_spent())
    shared_load_->add(used_cpu_milliseconds_ - before);
  budget_.update(use, usage_.is_waiting, meter_.measure(now), now);
}

ServiceLimit ProgramWatch::exceeded(Clock::time_point now) {
  if (now >= end_of_time_) return ServiceLimit::wall_time;
  if (now < next_check_) return ServiceLimit::none;
  usage_ = sandbox_usage();
  if (usage_.processes > limits_.processes) return ServiceLimit::processes;
  if (limits_.is_server) usage_.private_bytes += shared_mapping_bytes();
  if (usage_.private_bytes > limits_.memory_bytes) return ServiceLimit::memory;
  update_budget(now);
  const bool uses_little =
      usage_.processes <= limits_.processes / 2 && usage_.private_bytes <= limits_.memory_bytes / 4;
  if (budget_.is_spent())
    check_interval_ = spent_check_interval;
  else if (uses_little && !budget_.is_low())
    check_interval_ = std::min<Clock::duration>(check_interval_ * 2, max_check_interval);
  else
    check_interval_ = first_check;
  next_check_ = now + check_interval_;
  return ServiceLimit::none;
}

ProgramWatch::Clock::time_point ProgramWatch::next() const {
  return std::min(end_of_time_, next_check_);
}

}  // namespace apiary
