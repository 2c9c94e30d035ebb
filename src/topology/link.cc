#include "topology/link.h"

#include <algorithm>

namespace apiary {
namespace {

/// The time that `size_bytes` take at `bits_per_second`, rounded up to the nanosecond.
Duration time_of(std::size_t size_bytes, std::uint64_t bits_per_second) {
  const std::uint64_t bits = std::uint64_t{size_bytes} * 8'000'000'000U;  // in billionths
  return Duration{static_cast<std::int64_t>((bits + bits_per_second - 1) / bits_per_second)};
}

}  // namespace

Probability BurstLoss::mean() const {
  const double moves = to_bad.value + to_good.value;
  const double bad = moves > 0 ? to_bad.value / moves : 0;  // it starts in the good state
  return {bad * loss_when_bad.value + (1 - bad) * loss_when_good.value};
}

bool LinkQuality::is_stateful() const {
  return burst_loss || bits_per_second != 0 || jitter.spread != Duration{} || reorder.value > 0 ||
         duplicate.value > 0;
}

Duration LinkQuality::transmission_time(std::size_t size_bytes) const {
  return bits_per_second == 0 ? Duration{} : time_of(size_bytes, bits_per_second);
}

Duration LinkQuality::max_queue() const {
  if (bits_per_second == 0) return Duration{};
  if (early_drop) return early_drop->to;
  return std::max(default_queue_time, time_of(smallest_queue_bytes, bits_per_second));
}

}  // namespace apiary
