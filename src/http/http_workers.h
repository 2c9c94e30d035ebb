#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace apiary {

/// Drops all privileges of the calling thread, and lowers its priority.
void lower_priority();

/// Threads that run jobs in the order of their arrival.
class HttpWorkers {
 public:
  using Job = std::function<void()>;
  static constexpr std::size_t max_waiting = 256;

  explicit HttpWorkers(std::size_t count);
  ~HttpWorkers() { stop(); }
  HttpWorkers(const HttpWorkers&) = delete;
  HttpWorkers& operator=(const HttpWorkers&) = delete;

  /// Returns false if the queue is full.
  bool post(Job job);
  /// Drops waiting jobs, and returns when none runs.
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
