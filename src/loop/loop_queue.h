#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "posix/file_descriptor.h"

struct event;
struct event_base;

namespace apiary {

/// Has work done on the thread of an event loop, from whatever thread, in the order in which it was
/// given.
class LoopQueue {
 public:
  using Work = std::function<void()>;

  /// On the loop's thread, as the destructor. `loop` must outlive it.
  explicit LoopQueue(event_base* loop);
  /// Forgets what was not done yet.
  ~LoopQueue();
  LoopQueue(const LoopQueue&) = delete;
  LoopQueue& operator=(const LoopQueue&) = delete;

  /// From any thread.
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
