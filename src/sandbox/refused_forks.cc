#include "sandbox/refused_forks.h"

#include "sandbox/sandbox_group.h"

namespace apiary {
namespace {

constexpr std::chrono::seconds pause{1};

}  // namespace

RefusedForks::RefusedForks(const SandboxGroup* group) : group_(group) { begin(); }

void RefusedForks::begin() {
  next_ = {};
  // A file that was never read has POLLPRI until it is.
  if (group_ != nullptr) counted_ = group_->refused_forks();
}

int RefusedForks::descriptor(Clock::time_point now) const {
  return group_ != nullptr && now >= next_ ? group_->fork_events() : -1;
}

bool RefusedForks::take(Clock::time_point now, bool is_at_bound) {
  if (now < next_) return false;
  if (group_ != nullptr) {
    const std::uint64_t count = group_->refused_forks();
    if (count == counted_) return false;
    counted_ = count;
  } else if (!is_at_bound) {
    return false;
  }
  next_ = now + pause;
  return true;
}

}  // namespace apiary
