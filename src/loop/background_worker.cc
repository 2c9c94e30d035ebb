#include "loop/background_worker.h"

#include <sys/resource.h>

#include <utility>

#include "posix/without_signals.h"

namespace apiary {
namespace {

// A nice value for this thread only. With SCHED_IDLE, packets waited longer (bench/README.md).
constexpr int low_priority = 10;

}  // namespace

BackgroundWorker::BackgroundWorker(event_base* events) : completions_(events) {
  const WithoutSignals meanwhile;
  thread_ = std::thread([this] { work(); });
}

BackgroundWorker::~BackgroundWorker() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

bool BackgroundWorker::stop(Duration patience) {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  changed_.notify_all();
  return changed_.wait_for(lock, patience, [this] { return ended_; });
}

bool BackgroundWorker::is_stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void BackgroundWorker::run(Job job) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  changed_.notify_one();
}

void BackgroundWorker::work() {
  setpriority(PRIO_PROCESS, 0, low_priority);  // affects only this thread on Linux
  while (work_once()) {
  }
  const std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

bool BackgroundWorker::work_once() {
  Job job;
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (stopping_) return false;
    job = std::move(jobs_.front());
    jobs_.pop_front();
  }
  Completion completion = job();
  job = nullptr;  // destroy the job here, not on the loop's thread
  if (completion) completions_.post(std::move(completion));
  return true;
}

}  // namespace apiary
