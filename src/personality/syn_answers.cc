#include <bit>
#include <cassert>
#include <limits>

#include "personality/personality.h"

namespace apiary {
namespace {

/// The distance between the options of two SYNs. An option offered now but not in the observed SYN
/// costs, as the reply lacks it.
int unlikeness(const OfferedOptions& then, const OfferedOptions& now) {
  const unsigned missed = now.bits() & ~unsigned{then.bits()};
  const unsigned left_out = then.bits() & ~unsigned{now.bits()};
  // Without timestamps, a segment carries more, so windows of whole segments differ.
  const bool lacks_timestamps = then.timestamps && !now.timestamps;
  return 4 * std::popcount(missed) + std::popcount(left_out) + (lacks_timestamps ? 1 : 0);
}

std::uint32_t difference(std::uint16_t a, std::uint16_t b) {
  return static_cast<std::uint32_t>(a > b ? a - b : b - a);
}

}  // namespace

SynAnswers::SynAnswers(std::vector<SynObservation> observed) : observed_(std::move(observed)) {
  assert(!observed_.empty() && observed_.size() <= offers_.size());
  for (std::size_t i = 0; i < observed_.size(); ++i)
    offers_[i] = {observed_[i].offered_mss, observed_[i].offered_window};
  for (std::size_t bits = 0; bits < likest_.size(); ++bits) {
    const OfferedOptions offered{.mss = (bits & 1) != 0,
                                 .window_scale = (bits & 2) != 0,
                                 .sack_permitted = (bits & 4) != 0,
                                 .timestamps = (bits & 8) != 0};
    int least = std::numeric_limits<int>::max();
    for (std::size_t i = 0; i < observed_.size(); ++i) {
      const int score = unlikeness(observed_[i].offered, offered);
      if (score > least) continue;
      if (score < least) likest_[bits] = 0;
      least = score;
      likest_[bits] |= 1U << i;
    }
  }
}

const SynObservation& SynAnswers::nearest(const OfferedOptions& offered, std::uint16_t mss,
                                          std::uint16_t window) const {
  std::uint32_t candidates = likest_[offered.bits()];
  if (std::has_single_bit(candidates))
    return observed_[static_cast<std::size_t>(std::countr_zero(candidates))];
  std::size_t best = 0;
  std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
  do {
    const auto at = static_cast<std::size_t>(std::countr_zero(candidates));
    candidates &= candidates - 1;
    const Offer& then = offers_[at];
    const std::uint64_t score = difference(then.mss, mss) << 16 | difference(then.window, window);
    if (score >= least) continue;
    least = score;
    best = at;
  } while (candidates != 0);
  return observed_[best];
}

}  // namespace apiary
