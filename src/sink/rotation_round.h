#pragma once

#include <functional>
#include <mutex>
#include <string>

namespace apiary {

/// One request of the operator for new files. All sinks share it; the last one that releases it
/// calls `done`, on its own thread.
class RotationRound {
 public:
  /// The result: a line for each sink that failed, and for each that did not need a new file.
  struct Outcome {
    std::string failures, remarks;
  };
  using Done = std::function<void(Outcome outcome)>;

  explicit RotationRound(Done done) : done_(std::move(done)) {}
  ~RotationRound() { done_(std::move(outcome_)); }
  RotationRound(const RotationRound&) = delete;
  RotationRound& operator=(const RotationRound&) = delete;

  /// From any thread.
  void note_failure(const std::string& sentence) {
    const std::lock_guard lock(mutex_);
    outcome_.failures += sentence + "\n";
  }
  void note_remark(const std::string& sentence) {
    const std::lock_guard lock(mutex_);
    outcome_.remarks += sentence + "\n";
  }

 private:
  const Done done_;
  std::mutex mutex_;  // guards what follows
  Outcome outcome_;
};

}  // namespace apiary
