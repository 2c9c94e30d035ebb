#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "base/time.h"
#include "loop/loop_queue.h"

namespace apiary {

/// Runs long jobs on a thread of low priority, one after the other, while the loop continues; runs
/// their completions on the loop's thread.
class BackgroundWorker {
 public:
  /// Runs on the loop's thread when a job is done; may be empty.
  using Completion = std::function<void()>;
  using Job = std::function<Completion()>;

  /// `events` must outlive the worker. The thread has the caller's privileges: drop them before.
  explicit BackgroundWorker(event_base* events);
  /// Waits for the current job, unless stop() has. Drops pending jobs and all completions.
  ~BackgroundWorker();
  BackgroundWorker(const BackgroundWorker&) = delete;
  BackgroundWorker& operator=(const BackgroundWorker&) = delete;

  /// Starts no more jobs, and waits for the current one for at most `patience`. False: it still
  /// runs, and this object must not be destroyed.
  bool stop(Duration patience);
  /// Whether stop() was called: a job that has not finished by then should change nothing. Call it
  /// from any thread.
  bool is_stopping();

  /// Call it on the loop's thread. The worker's thread runs and destroys the job.
  void run(Job job);
  /// Destroys `object` on the worker's thread. Call it on the loop's thread.
  template <class Object>
  void destroy(Object object) {
    run([held = std::make_shared<Object>(std::move(object))]() -> Completion { return {}; });
  }

 private:
  void work();
  bool work_once();

  LoopQueue completions_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  bool stopping_ = false, ended_ = false;
  std::thread thread_;  // last member: it uses all others
};

}  // namespace apiary
