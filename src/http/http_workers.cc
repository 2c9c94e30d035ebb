#include "http/http_workers.h"

#include <cap-ng.h>
#include <sys/resource.h>

#include "posix/without_signals.h"

namespace apiary {
namespace {

constexpr int low_priority = 15;

}  // namespace

void lower_priority() {
  setpriority(PRIO_PROCESS, 0, low_priority);  // of a thread, on Linux
  capng_clear(CAPNG_SELECT_BOTH);
  capng_apply(CAPNG_SELECT_BOTH);
}

HttpWorkers::HttpWorkers(std::size_t count) {
  const WithoutSignals meanwhile;
  for (std::size_t i = 0; i < count; ++i) threads_.emplace_back([this] { work(); });
}

bool HttpWorkers::post(Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (is_stopping_ || jobs_.size() >= max_waiting) return false;
    jobs_.push_back(std::move(job));
  }
  posted_.notify_one();
  return true;
}

void HttpWorkers::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    jobs_.clear();
  }
  posted_.notify_all();
  for (std::thread& thread : threads_)
    if (thread.joinable()) thread.join();
}

void HttpWorkers::work() {
  lower_priority();
  while (true) {
    Job job;
    {
      std::unique_lock lock(mutex_);
      posted_.wait(lock, [this] { return !jobs_.empty() || is_stopping_; });
      if (jobs_.empty()) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    job();
  }
}

}  // namespace apiary
