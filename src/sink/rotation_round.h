#pragma once

#include <functional>
#include <mutex>
#include <string>

namespace apiary {

/// One wish of the operator's for new files. All sinks that are to fulfil it hold it together; when
/// the last has let go of it, `done` is called, on that sink's thread.
class RotationRound {
 public:
  /// What came of it: a line for each sink that could not, and for each that had no need to.
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
