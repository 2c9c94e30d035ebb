#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "posix/file_descriptor.h"

struct event;
struct event_base;

namespace apiary {

/// Runs functions on the thread of an event loop, in the order in which any threads post them.
class LoopQueue {
 public:
  using Work = std::function<void()>;

  /// Call it on the loop's thread, as the destructor. `loop` must outlive the queue.
  explicit LoopQueue(event_base* loop);
  /// Drops functions that have not run.
  ~LoopQueue();
  LoopQueue(const LoopQueue&) = delete;
  LoopQueue& operator=(const LoopQueue&) = delete;

  /// Call it from any thread.
  void post(Work work);

 private:
  struct Free {
    void operator()(event* event) const;
  };
  void deliver();

  FileDescriptor posted_;  // an eventfd: readable when work waits
  std::unique_ptr<event, Free> posted_event_;
  std::mutex mutex_;
  std::vector<Work> waiting_;
};

}  // namespace apiary
