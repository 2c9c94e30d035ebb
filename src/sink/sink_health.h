#pragma once

#include <chrono>
#include <vector>

#include "sink/sink.h"

namespace apiary {

/// Whether a sink can do its work, when it tries again if it cannot, and what is to be told of
/// that. Its owner sees to it that one thread at a time uses it.
class SinkHealth {
 public:
  using Clock = std::chrono::steady_clock;
  // A sink that cannot write tries again after the first, twice as long each time.
  static constexpr Clock::duration shortest_rest = std::chrono::milliseconds(250);
  static constexpr Clock::duration max_backoff = std::chrono::seconds(2);

  /// `name`: the sink's.
  explicit SinkHealth(std::string name) : name_(std::move(name)) {}

  /// A write has ended. `lost`: how much the sink has lost since the daemon began.
  void on_write(const WriteResult& result, std::uint64_t lost);
  void on_upkeep(const Upkeep& upkeep);
  /// Returns the sentence about it.
  std::string on_failed_rotation(const SystemError& error);

  /// When the sink may write again.
  Clock::time_point next_try() const { return next_try_; }
  /// A sentence on what is wrong; empty: nothing is.
  const std::string& trouble() const {
    return writing_.trouble.empty() ? upkeep_.trouble : writing_.trouble;
  }
  /// What has happened since the last call.
  std::vector<EventBody> take_news() { return std::exchange(news_, {}); }

 private:
  /// What is wrong with one of a sink's tasks; empty: nothing is.
  struct Task {
    std::string trouble{};
    bool is_told = false;  // not where the other task has the same trouble
  };
  /// Notes what is wrong, and tells it if that is news.
  void begin(Task& task, const Task& other, const SystemError& error);
  void tell(events::DaemonEvent::Kind what, std::string sentence);

  const std::string name_;
  Task writing_, upkeep_;
  std::uint64_t lost_before_ = 0;  // the trouble with writing
  Clock::duration rest_{};
  Clock::time_point next_try_{};
  std::vector<EventBody> news_;
};

}  // namespace apiary
