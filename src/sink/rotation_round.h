#pragma once

#include <functional>
#include <mutex>
#include <string>

namespace apiary {

/// One wish of the operator's for new files. All sinks that are to fulfil it hold it together; when
/// the last has let go of it, `done` is called, on that sink's thread.
class RotationRound {
 public:
  /// `failures`: a line for each sink that could not; empty: all could.
  using Done = std::function<void(std::string failures)>;

  explicit RotationRound(Done done) : done_(std::move(done)) {}
  ~RotationRound() { done_(std::move(failures_)); }
  RotationRound(const RotationRound&) = delete;
  RotationRound& operator=(const RotationRound&) = delete;

  /// From any thread.
  void note_failure(const std::string& sentence) {
    const std::lock_guard lock(mutex_);
    failures_ += sentence + "\n";
  }

 private:
  const Done done_;
  std::mutex mutex_;  // guards what follows
  std::string failures_;
};

}  // namespace apiary
