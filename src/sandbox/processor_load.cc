#include "sandbox/processor_load.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <new>

namespace apiary {

ProcessorLoad* ProcessorLoad::make() {
  void* const memory = mmap(nullptr, sizeof(ProcessorLoad), PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : new (memory) ProcessorLoad;
}

LoadMeter::LoadMeter(const ProcessorLoad* load, Clock::time_point now)
    : load_(load), measured_(now), used_(load == nullptr ? 0 : load->used_milliseconds()) {}

CpuLoad LoadMeter::measure(Clock::time_point now) {
  constexpr std::chrono::milliseconds interval{200};
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - measured_);
  if (load_ == nullptr || elapsed < interval) return last_;
  const std::uint64_t used = load_->used_milliseconds();
  const auto processors = static_cast<std::uint64_t>(std::max(sysconf(_SC_NPROCESSORS_ONLN), 1L));
  const std::uint64_t possible = processors * static_cast<std::uint64_t>(elapsed.count());
  last_ = {static_cast<unsigned>(std::min<std::uint64_t>((used - used_) * 100 / possible, 100)),
           load_->programs()};
  measured_ = now;
  used_ = used;
  return last_;
}

}  // namespace apiary
