#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace apiary {

/// Gives up every privilege of the calling thread, and its precedence over others.
void become_humble();

/// Threads that do jobs in the order in which they were given.
class HttpWorkers {
 public:
  using Job = std::function<void()>;
  static constexpr std::size_t max_waiting = 256;

  explicit HttpWorkers(std::size_t count);
  ~HttpWorkers() { stop(); }
  HttpWorkers(const HttpWorkers&) = delete;
  HttpWorkers& operator=(const HttpWorkers&) = delete;

  /// False: as many wait as may.
  bool post(Job job);
  /// Returns when no job runs; those that wait are forgotten.
  void stop();

 private:
  void work();

  std::mutex mutex_;  // guards what follows
  std::condition_variable posted_;
  std::deque<Job> jobs_;
  bool is_stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace apiary
