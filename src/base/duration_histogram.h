#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/time.h"

namespace apiary {

/// Counts durations by upper bounds.
class DurationHistogram {
 public:
  static constexpr std::array bounds = {
      Duration{microseconds{5}},   Duration{microseconds{10}},  Duration{microseconds{25}},
      Duration{microseconds{50}},  Duration{microseconds{100}}, Duration{microseconds{250}},
      Duration{microseconds{500}}, Duration{milliseconds{1}},   Duration{microseconds{2'500}},
      Duration{milliseconds{5}},   Duration{milliseconds{10}},  Duration{milliseconds{25}},
      Duration{milliseconds{50}},  Duration{milliseconds{100}}, Duration{milliseconds{250}},
      Duration{seconds{1}}};

  void note(Duration duration) {
    const auto bound = std::ranges::lower_bound(bounds, duration);
    if (bound != bounds.end()) ++counts_[static_cast<std::size_t>(bound - bounds.begin())];
    ++count_;
    sum_ += duration;
  }

  void add(const DurationHistogram& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    count_ += other.count_;
    sum_ += other.sum_;
  }

  /// The number of durations above the previous bound, up to and including `bounds[index]`.
  std::uint64_t count_at(std::size_t index) const { return counts_[index]; }
  std::uint64_t count() const { return count_; }
  Duration sum() const { return sum_; }

 private:
  std::array<std::uint64_t, bounds.size()> counts_{};
  std::uint64_t count_ = 0;
  Duration sum_{};
};

}  // namespace apiary
