#include "runtime/background_worker.h"

#include <event2/event.h>
#include <sys/eventfd.h>
#include <sys/resource.h>

#include <cstdint>
#include <new>
#include <utility>

#include "posix/without_signals.h"

namespace apiary {
namespace {

// A nice value, of this thread alone. SCHED_IDLE was tried: packets waited longer (bench/README.md).
constexpr int low_priority = 10;

}  // namespace

void BackgroundWorker::Free::operator()(event* event) const { event_free(event); }

BackgroundWorker::BackgroundWorker(event_base* events)
    : done_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!done_) throw std::bad_alloc();
  const auto on_done = [](evutil_socket_t, short, void* worker) {
    static_cast<BackgroundWorker*>(worker)->run_sequels();
  };
  done_event_.reset(event_new(events, done_.get(), EV_READ | EV_PERSIST, on_done, this));
  event_add(done_event_.get(), nullptr);
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

void BackgroundWorker::run(Job job) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  changed_.notify_one();
}

void BackgroundWorker::work() {
  setpriority(PRIO_PROCESS, 0, low_priority);  // of a thread, on Linux
  while (work_once()) {
  }
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
  Sequel sequel = job();
  job = nullptr;  // here, and not in the loop's time
  if (!sequel) return true;
  {
    const std::lock_guard lock(mutex_);
    sequels_.push_back(std::move(sequel));
  }
  const std::uint64_t one = 1;
  (void)!write(done_.get(), &one, sizeof one);  // it cannot be full
  return true;
}

void BackgroundWorker::run_sequels() {
  std::uint64_t count = 0;
  (void)!read(done_.get(), &count, sizeof count);
  std::vector<Sequel> sequels;
  {
    const std::lock_guard lock(mutex_);
    sequels.swap(sequels_);
  }
  for (const Sequel& sequel : sequels) sequel();
}

}  // namespace apiary
