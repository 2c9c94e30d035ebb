#include "sandbox/processor_load.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <new>
#include <utility>

namespace apiary {
namespace {

long processors() { return std::max(sysconf(_SC_NPROCESSORS_ONLN), 1L); }

}  // namespace

ProcessorLoad* ProcessorLoad::make() {
  void* const memory = mmap(nullptr, sizeof(ProcessorLoad), PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : new (memory) ProcessorLoad;
}

void ProcessorLoad::set(std::uint32_t sandbox, State state) {
  if (sandbox >= states_.size()) return;
  const State before = std::exchange(states_[sandbox], state);
  __atomic_fetch_sub(&programs_[static_cast<std::size_t>(before)], 1, __ATOMIC_RELAXED);
  __atomic_fetch_add(&programs_[static_cast<std::size_t>(state)], 1, __ATOMIC_RELAXED);
}

std::chrono::microseconds ProcessorLoad::demoted_quota(std::chrono::microseconds period) const {
  constexpr std::chrono::milliseconds least{1};  // that the kernel takes
  const auto all = period * processors() * demoted_percent / 100;
  return std::max<std::chrono::microseconds>(all / std::max(programs_in(State::demoted), 1U),
                                             least);
}

LoadMeter::LoadMeter(const ProcessorLoad* load, Clock::time_point now)
    : load_(load), measured_(now), used_(load == nullptr ? 0 : load->used_milliseconds()) {}

CpuLoad LoadMeter::measure(Clock::time_point now) {
  constexpr std::chrono::milliseconds interval{200};
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - measured_);
  if (load_ == nullptr || elapsed < interval) return last_;
  const std::uint64_t used = load_->used_milliseconds();
  const std::uint64_t possible =
      static_cast<std::uint64_t>(processors()) * static_cast<std::uint64_t>(elapsed.count());
  last_ = {static_cast<unsigned>(std::min<std::uint64_t>((used - used_) * 100 / possible, 100)),
           load_->programs()};
  measured_ = now;
  used_ = used;
  return last_;
}

}  // namespace apiary
