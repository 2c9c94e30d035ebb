#pragma once

#include <atomic>

#include "posix/file_descriptor.h"

namespace apiary {

/// Wakes a thread that waits in an event loop: its descriptor is readable after wake().
class Wakeup {
 public:
  Wakeup();

  int descriptor() const { return event_.get(); }
  /// Call it from any thread, after what the other thread is to see. A system call only if the
  /// other thread has not taken the last one.
  void wake();
  /// Call it on the woken thread, before it looks for what to do.
  void take();

 private:
  const FileDescriptor event_;
  std::atomic<bool> is_set_ = false;
};

}  // namespace apiary
