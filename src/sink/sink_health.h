#pragma once

#include <chrono>
#include <vector>

#include "sink/sink.h"

namespace apiary {

/// Tracks whether a sink can work, when it retries if it cannot, and which events report that. The
/// owner serializes access.
class SinkHealth {
 public:
  using Clock = std::chrono::steady_clock;
  // A sink that cannot write retries after the first, then after twice as long each time.
  static constexpr Clock::duration shortest_rest = std::chrono::milliseconds(250);
  static constexpr Clock::duration max_backoff = std::chrono::seconds(2);

  /// `name`: the sink's.
  explicit SinkHealth(std::string name) : name_(std::move(name)) {}

  /// Notes the result of a write. `lost`: events that the sink has lost since the daemon started.
  void on_write(const WriteResult& result, std::uint64_t lost);
  void on_upkeep(const Upkeep& upkeep);
  /// Reports the failure. Returns the sentence.
  std::string on_failed_rotation(const SystemError& error);

  /// When the sink may retry a write.
  Clock::time_point next_try() const { return next_try_; }
  /// A sentence about the present trouble; empty: none.
  const std::string& trouble() const {
    return writing_.trouble.empty() ? upkeep_.trouble : writing_.trouble;
  }
  /// Returns the events to report since the last call.
  std::vector<EventBody> take_events() { return std::exchange(events_, {}); }

 private:
  /// The trouble of one of a sink's tasks.
  struct Task {
    std::string trouble{};        // a sentence; empty: none
    bool is_reported = false;     // false if the other task has the same trouble
    std::string_view recovery{};  // what to report when it ends
  };
  /// Notes the trouble, and reports it if it is new.
  void begin(Task& task, const Task& other, const SystemError& error);
  void report(events::DaemonEvent::Kind kind, std::string sentence);

  const std::string name_;
  Task writing_, upkeep_;
  std::uint64_t lost_before_ = 0;  // when the trouble with writing began
  Clock::duration rest_{};
  Clock::time_point next_try_{};
  std::vector<EventBody> events_;
};

}  // namespace apiary
