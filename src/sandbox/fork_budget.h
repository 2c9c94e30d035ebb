#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace apiary {

/// Says when a program may start no more processes. It counts them only when enough were started
/// since it last did that the bound may be reached; an ordinary program is never counted.
class ForkBudget {
 public:
  /// `bound`: of processes and threads at a time. `count`: how many there are now.
  ForkBudget() = default;  ///< no bound
  ForkBudget(std::uint32_t bound, std::function<std::size_t()> count)
      : bound_(bound), left_(bound > 1 ? bound - 1 : 0), count_(std::move(count)) {}

  /// Whether the kernel will refuse the next one, which is being started.
  bool refuses_next() {
    if (!count_) return false;
    if (left_ == 0) {
      const std::size_t running = count_();
      left_ = running < bound_ ? bound_ - static_cast<std::uint32_t>(running) : 0;
    }
    if (left_ == 0) return true;
    --left_;
    return false;
  }

 private:
  std::uint32_t bound_ = 0, left_ = 0;
  std::function<std::size_t()> count_;  // empty: no bound
};

}  // namespace apiary
