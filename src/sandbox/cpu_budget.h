#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace apiary {

/// The processor use of a program since its start, all its threads together, in milliseconds.
struct CpuUse {
  std::uint64_t ran = 0, waited = 0;  // waited: for a processor, in waits that have ended
};

/// The processor use of all competing programs together: see CpuBudget.
struct CpuLoad {
  unsigned percent = 0;   // of all processors
  unsigned programs = 1;  // that run
};

/// The processor time that a program may use before it is demoted and only gets what others leave.
/// It counts only while programs together use much of the machine: each may then use a quarter of
/// one processor, and a burst in addition; less of both in a crowd. Demoted programs are not part
/// of that load. Waiting for a processor is no rest: a busy program gets its share back only after
/// a pause.
class CpuBudget {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::int64_t burst_milliseconds = 500, least_burst_milliseconds = 20,
                                crowd_burst_milliseconds = 1000,  // of all together
      share_percent = 25, crowd_share_percent = 12;
  // The load, in percent of all processors, from which the budget counts, and that of a crowd.
  static constexpr unsigned busy_percent = 25, crowd_percent = 50;

  explicit CpuBudget(Clock::time_point now) : updated_(now) {}

  /// `use` is that of the program; `is_waiting`: it runs now, or waits for a processor.
  void update(CpuUse use, bool is_waiting, CpuLoad load, Clock::time_point now) {
    using std::chrono::milliseconds;
    const auto elapsed = std::chrono::duration_cast<milliseconds>(now - updated_);
    updated_ += elapsed;
    const std::int64_t ran = since(use.ran, use_.ran), waited = since(use.waited, use_.waited);
    use_ = use;
    const std::int64_t share = load.percent >= crowd_percent ? crowd_share_percent : share_percent;
    // The kernel counts a wait when it ends: one that lasts is no rest.
    const std::int64_t rested =
        is_waiting && is_spent_ ? 0 : std::max<std::int64_t>(elapsed.count() - waited, 0);
    debt_ += ran - rested * share / 100;
    debt_ = std::clamp<std::int64_t>(debt_, 0, burst_milliseconds);
    if (is_spent_) {
      is_spent_ = debt_ > burst_ / 2;
    } else if (load.percent >= busy_percent) {
      burst_ = burst_of(load);
      is_spent_ = debt_ >= burst_;
    }
  }

  bool is_spent() const { return is_spent_; }
  /// Whether it may be spent soon.
  bool is_low() const { return debt_ > least_burst_milliseconds / 2; }

 private:
  /// A process that ends does not decrease the sum.
  static std::int64_t since(std::uint64_t now, std::uint64_t before) {
    return now > before ? static_cast<std::int64_t>(now - before) : 0;
  }
  static std::int64_t burst_of(CpuLoad load) {
    if (load.percent < crowd_percent) return burst_milliseconds;
    return std::clamp<std::int64_t>(crowd_burst_milliseconds / std::max(load.programs, 1U),
                                    least_burst_milliseconds, burst_milliseconds);
  }

  Clock::time_point updated_;
  std::int64_t debt_ = 0, burst_ = burst_milliseconds;
  CpuUse use_;
  bool is_spent_ = false;
};

}  // namespace apiary
